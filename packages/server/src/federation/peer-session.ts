/** One authenticated link to another server: hello from both sides, then frames and signs of life until it ends. */

import type { CloseReason } from '@parley/link';
import {
  decodeFederationFrame,
  encodeFederationFrame,
  type FederationFrame,
  type FramePayload,
  federationVersion,
  limits,
  type PeerFault,
  type QuestionType,
  Refusal,
} from '@parley/protocol';
import type { Runtime } from '../runtime.ts';
import { type AskOptions, Asks } from './asks.ts';
import type { Exchange } from './exchange.ts';
import { Outgoing } from './outgoing.ts';
import { faultOfReason } from './peer-fault.ts';
import type { FrameOptions } from './priority.ts';
import type { SecureLink } from './secure-link.ts';

/** The other side is asked for a sign of life this often. */
export const pingMs = 15_000;
/** A link on which nothing came for so long is dead. */
export const deadMs = 40_000;
/** From the end of the handshake to the other side's hello. */
export const helloMs = 10_000;
/** Questions of the other side that are being answered at a time: past that it is told to come again. */
const answersUnderWay = 512;
/** Frames of the link's own that wait: who does not read misses signs of life only. */
const mostUrgent = 64;

export type Hello = FramePayload<'hello'>;

export interface PeerSessionOptions {
  readonly secure: SecureLink;
  readonly direction: 'in' | 'out';
  /** What this server says of itself. */
  readonly own: Hello;
  readonly runtime: Pick<Runtime, 'setTimer' | 'elapsed'>;
  readonly exchange: Exchange;
  /** The other side said hello; called once, before anything else that it says is taken. */
  readonly greeted: (session: PeerSession, hello: Hello) => void;
}

export class PeerSession {
  readonly id: string;
  readonly direction: 'in' | 'out';
  /** Resolves when the other side has said hello, or with false when the link ended before; see `ended`. */
  readonly hello: Promise<boolean>;
  /** Resolves with the reason when the link is over. Never rejects. */
  readonly ended: Promise<PeerFault>;
  readonly #link: SecureLink['link'];
  readonly #options: PeerSessionOptions;
  readonly #outgoing: Outgoing;
  readonly #asks: Asks;
  readonly #greeted = Promise.withResolvers<boolean>();
  /** Frames of the link's own, which wait for nothing. */
  readonly #urgent: Uint8Array[] = [];
  #fault: PeerFault | undefined;
  #isGreeted = false;
  #isOver = false;
  #isSending = false;
  #answering = 0;
  #heardAt: number;
  #pings = 0;
  #cancel = (): void => {};

  constructor(options: PeerSessionOptions) {
    const { secure, direction, runtime } = options;
    this.id = secure.id;
    this.direction = direction;
    this.#link = secure.link;
    this.#options = options;
    this.#outgoing = new Outgoing(runtime.elapsed);
    this.#asks = new Asks({ runtime, send: (bytes, options) => this.#queue(bytes, options) });
    this.#heardAt = runtime.elapsed();
    this.hello = this.#greeted.promise;
    this.ended = this.#run();
  }

  get address(): string {
    return this.#link.peer.address;
  }

  /** An encoded frame; false when there is no room for it. */
  send(bytes: Uint8Array, options: FrameOptions): boolean {
    return this.#queue(bytes, options);
  }

  ask(name: string, type: QuestionType, payload: unknown, options: AskOptions): Promise<unknown> {
    return this.#asks.ask(name, type, payload, options);
  }

  /** Ends it; what is under way is rejected and what waits is dropped, at once. */
  close(reason: CloseReason): void {
    this.#link.close(reason);
    this.#over();
  }

  async #run(): Promise<PeerFault> {
    this.#cancel = this.#options.runtime.setTimer(() => this.close('idle'), helloMs);
    this.#say(encodeFederationFrame('hello', this.#options.own));
    try {
      for await (const bytes of this.#link.frames()) await this.#take(decodeFederationFrame(bytes));
    } catch (error) {
      this.close(error instanceof Refusal ? 'bad-frame' : 'failed');
    }
    this.#over();
    const reason = await this.#link.closed;
    this.#greeted.resolve(false);
    return this.#fault ?? faultOfReason(reason);
  }

  async #take(frame: FederationFrame | undefined): Promise<void> {
    this.#heardAt = this.#options.runtime.elapsed();
    if (!this.#isGreeted) {
      if (frame?.frame !== 'hello') throw new Refusal('bad-frame');
      this.#greet(frame.payload);
      return;
    }
    if (!frame || this.#isOver) return;
    if (frame.frame === 'hello') throw new Refusal('bad-frame');
    if (frame.frame === 'ping') this.#say(encodeFederationFrame('pong', frame.payload));
    else if (frame.frame === 'ask') void this.#answer(frame.payload);
    else if (frame.frame === 'answer') this.#asks.answered(frame.payload);
    else await this.#options.exchange.take(this.id, frame);
  }

  #greet(hello: Hello): void {
    if (!hello.versions.includes(federationVersion)) {
      this.#fault = 'unsupported-version';
      this.close('refused');
      return;
    }
    this.#isGreeted = true;
    this.#cancel();
    this.#beat();
    this.#options.greeted(this, hello);
    this.#greeted.resolve(true);
  }

  async #answer(asked: FramePayload<'ask'>): Promise<void> {
    const { n, ask } = asked;
    const options: FrameOptions = { priority: 'message', flow: ask };
    const isFull = this.#answering >= answersUnderWay;
    this.#answering += 1;
    const answer = isFull ? refused(n, 'too-fast') : await this.#options.exchange.answer(this.id, asked);
    this.#answering -= 1;
    if (this.#queue(encodeFederationFrame('answer', answer), options)) return;
    this.#queue(encodeFederationFrame('answer', refused(n, 'unavailable')), options);
  }

  /** Asks for life, and gives up a link on which nothing came for too long. */
  #beat(): void {
    const { runtime } = this.#options;
    const silentMs = runtime.elapsed() - this.#heardAt;
    if (silentMs >= deadMs) {
      this.close('lost');
      return;
    }
    this.#say(encodeFederationFrame('ping', { n: ++this.#pings }));
    this.#cancel = runtime.setTimer(() => this.#beat(), Math.min(pingMs, deadMs - silentMs));
  }

  #queue(bytes: Uint8Array, options: FrameOptions): boolean {
    if (this.#isOver || bytes.length > limits.frameBytes || !this.#outgoing.push(bytes, options)) return false;
    void this.#pump();
    return true;
  }

  #say(bytes: Uint8Array): void {
    if (this.#urgent.length < mostUrgent) this.#urgent.push(bytes);
    void this.#pump();
  }

  /** Sends what waits, one after another, as the link takes it. */
  async #pump(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) await this.#link.send(next);
    } catch {
      // The link is over, which `frames` tells too.
    }
    this.#isSending = false;
  }

  #next(): Uint8Array | undefined {
    return this.#urgent.shift() ?? this.#outgoing.next();
  }

  #over(): void {
    this.#isOver = true;
    this.#cancel();
    this.#urgent.length = 0;
    this.#outgoing.clear();
    this.#asks.end();
  }
}

const refused = (n: number, code: 'too-fast' | 'unavailable'): FramePayload<'answer'> => ({
  n,
  error: { code, retryAfterMs: 1_000 },
});
