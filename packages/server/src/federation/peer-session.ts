/** One authenticated link to another server: hello from both sides, then signs of life until it ends. */

import type { CloseReason } from '@parley/link';
import {
  decodeFederationFrame,
  encodeFederationFrame,
  type FederationFrame,
  type FrameName,
  type FramePayload,
  federationVersion,
  type PeerFault,
  Refusal,
} from '@parley/protocol';
import type { Runtime } from '../runtime.ts';
import { faultOfReason } from './peer-fault.ts';
import type { SecureLink } from './secure-link.ts';

/** The other side is asked for a sign of life this often. */
export const pingMs = 15_000;
/** A link on which nothing came for so long is dead. */
export const deadMs = 40_000;
/** From the end of the handshake to the other side's hello. */
export const helloMs = 10_000;

export type Hello = FramePayload<'hello'>;

export interface PeerSessionOptions {
  readonly secure: SecureLink;
  readonly direction: 'in' | 'out';
  /** What this server says of itself. */
  readonly own: Hello;
  readonly runtime: Pick<Runtime, 'setTimer' | 'elapsed'>;
}

export class PeerSession {
  readonly id: string;
  readonly direction: 'in' | 'out';
  /** Resolves with the other side's hello, or with undefined when the link ended before; see `ended`. */
  readonly hello: Promise<Hello | undefined>;
  /** Resolves with the reason when the link is over. Never rejects. */
  readonly ended: Promise<PeerFault>;
  readonly #link: SecureLink['link'];
  readonly #runtime: PeerSessionOptions['runtime'];
  readonly #own: Hello;
  readonly #greeted = Promise.withResolvers<Hello | undefined>();
  #fault: PeerFault | undefined;
  #isGreeted = false;
  #heardAt: number;
  #pings = 0;
  #cancel = (): void => {};

  constructor({ secure, direction, own, runtime }: PeerSessionOptions) {
    this.id = secure.id;
    this.direction = direction;
    this.#link = secure.link;
    this.#own = own;
    this.#runtime = runtime;
    this.#heardAt = runtime.elapsed();
    this.hello = this.#greeted.promise;
    this.ended = this.#run();
  }

  get address(): string {
    return this.#link.peer.address;
  }

  close(reason: CloseReason): void {
    this.#link.close(reason);
  }

  async #run(): Promise<PeerFault> {
    this.#cancel = this.#runtime.setTimer(() => this.#link.close('idle'), helloMs);
    void this.#send('hello', this.#own);
    try {
      for await (const bytes of this.#link.frames()) await this.#take(decodeFederationFrame(bytes));
    } catch (error) {
      this.#link.close(error instanceof Refusal ? 'bad-frame' : 'failed');
    }
    this.#cancel();
    const reason = await this.#link.closed;
    this.#greeted.resolve(undefined);
    return this.#fault ?? faultOfReason(reason);
  }

  async #take(frame: FederationFrame | undefined): Promise<void> {
    this.#heardAt = this.#runtime.elapsed();
    if (!this.#isGreeted) {
      if (frame?.frame !== 'hello') throw new Refusal('bad-frame');
      this.#greet(frame.payload);
    } else if (frame?.frame === 'hello') throw new Refusal('bad-frame');
    else if (frame?.frame === 'ping') await this.#send('pong', frame.payload);
  }

  #greet(hello: Hello): void {
    if (!hello.versions.includes(federationVersion)) {
      this.#fault = 'unsupported-version';
      this.#link.close('refused');
      return;
    }
    this.#isGreeted = true;
    this.#cancel();
    this.#beat();
    this.#greeted.resolve(hello);
  }

  /** Asks for life, and gives up a link on which nothing came for too long. */
  #beat(): void {
    const silentMs = this.#runtime.elapsed() - this.#heardAt;
    if (silentMs >= deadMs) {
      this.#link.close('lost');
      return;
    }
    void this.#send('ping', { n: ++this.#pings });
    this.#cancel = this.#runtime.setTimer(() => this.#beat(), Math.min(pingMs, deadMs - silentMs));
  }

  async #send<N extends FrameName>(name: N, payload: FramePayload<N>): Promise<void> {
    try {
      await this.#link.send(encodeFederationFrame(name, payload));
    } catch {
      // The link is over, which `frames` tells too.
    }
  }
}
