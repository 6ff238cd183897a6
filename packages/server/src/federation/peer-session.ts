/** One authenticated link to another server: hello from both sides, then frames and signs of life until it ends. */

import type { CloseReason, Peer } from '@parley/link';
import {
  decodeFederationFrame,
  type FramePayload,
  federationVersion,
  limits,
  type PeerFault,
  type QuestionType,
  Refusal,
} from '@parley/protocol';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { Answers } from './answers.ts';
import { type AskOptions, Asks } from './asks.ts';
import type { Exchange } from './exchange.ts';
import { Gate } from './gate.ts';
import { InOrder } from './in-order.ts';
import { type Frame, Incoming } from './incoming.ts';
import { type Load, Outgoing } from './outgoing.ts';
import { OwnFrames, ownNames } from './own-frames.ts';
import { faultOfReason } from './peer-fault.ts';
import { decodePiece } from './pieces.ts';
import { byPriority, type FrameOptions, type Priority } from './priority.ts';
import type { Quotas } from './quotas.ts';
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
  readonly log: Log;
  readonly exchange: Exchange;
  readonly quotas: Quotas;
  /** The other side said hello; called once, before anything else that it says is taken. */
  readonly greeted: (session: PeerSession, hello: Hello) => void;
  /** There is room for a flow that found none. */
  readonly room: (session: PeerSession, priority: Priority, flow: string) => void;
}

/** What passes over a link, for operators. */
export interface Traffic {
  readonly queued: readonly Load[];
  /** How long the oldest frame has waited to be sent. */
  readonly lagMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Of the last ping. */
  readonly roundTripMs: number | undefined;
}

export class PeerSession {
  readonly id: string;
  readonly direction: 'in' | 'out';
  /** Resolves when the other side has said hello or the link ended before; see `ended`. */
  readonly hello: Promise<void>;
  /** Resolves with the reason when the link is over. Never rejects. */
  readonly ended: Promise<PeerFault>;
  readonly #link: SecureLink['link'];
  readonly #options: PeerSessionOptions;
  readonly #own: OwnFrames;
  readonly #gate: Gate;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #inOrder = byPriority(() => new InOrder());
  readonly #asks: Asks;
  readonly #answers: Answers;
  readonly #greeted = Promise.withResolvers<void>();
  #fault: PeerFault | undefined;
  #isGreeted = false;
  #isOver = false;
  #isSending = false;
  #bytesIn = 0;
  #bytesOut = 0;
  #heardAt: number;
  #pings = 0;
  #pingAt = 0;
  #roundTripMs: number | undefined;
  /** Of hello, then of the next ping. */
  #cancel = (): void => {};
  #wake: (() => void) | undefined;

  constructor(options: PeerSessionOptions) {
    const { secure, direction, runtime, exchange, quotas } = options;
    this.id = secure.id;
    this.direction = direction;
    this.#link = secure.link;
    this.#options = options;
    this.#own = new OwnFrames(options.own);
    this.#gate = new Gate({ server: this.id, frames: quotas.frames, bytes: quotas.bytes, runtime });
    const evict = (): void => this.#evict();
    this.#outgoing = new Outgoing({ elapsed: runtime.elapsed, shared: quotas.outgoing, evict });
    this.#incoming = new Incoming({
      gate: this.#gate,
      shared: quotas.incoming,
      take: (frame, release) => this.#take(frame, release),
      grant: (priority, total) => {
        this.#own.credit(priority, total);
        void this.#pump();
      },
      failed: (error) => this.#failed(error),
      evict,
    });
    this.#asks = new Asks({ runtime, send: (bytes, to) => this.send(bytes, to) });
    this.#answers = new Answers({ server: this.id, exchange, send: (bytes, to) => this.#queue(bytes, to, true) });
    this.#heardAt = runtime.elapsed();
    this.hello = this.#greeted.promise;
    this.ended = this.#run();
  }

  /** Whether it has ended, though that may not have been told yet. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get address(): string {
    return this.#link.peer.address;
  }

  get transport(): Peer['transport'] {
    return this.#link.peer.transport;
  }

  get traffic(): Traffic {
    const { oldestAt, loads } = this.#outgoing;
    return {
      queued: loads,
      lagMs: oldestAt === undefined ? 0 : this.#options.runtime.elapsed() - oldestAt,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      roundTripMs: this.#roundTripMs,
    };
  }

  /** An encoded frame; false when there is no room for it. */
  send(bytes: Uint8Array, options: FrameOptions): boolean {
    return this.#queue(bytes, options, false);
  }

  ask(name: string, type: QuestionType, payload: unknown, options: AskOptions): Promise<unknown> {
    return this.#asks.ask(name, type, payload, options).catch((error) => {
      // Under the same id as in its log.
      if (error instanceof Refusal && error.code === 'internal')
        this.#options.log.warn({ id: error.detail.id, server: this.id, question: name }, 'a server failed to answer');
      throw error;
    });
  }

  /** Ends it; what is under way is rejected and what waits is dropped, at once. */
  close(reason: CloseReason): void {
    this.#link.close(reason);
    this.#over();
  }

  async #run(): Promise<PeerFault> {
    this.#cancel = this.#options.runtime.setTimer(() => this.close('idle'), helloMs);
    void this.#pump();
    try {
      for await (const bytes of this.#link.frames()) await this.#receive(bytes);
    } catch (error) {
      this.#failed(error);
    }
    this.#over();
    const reason = await this.#link.closed;
    this.#greeted.resolve();
    return this.#fault ?? faultOfReason(reason);
  }

  /** Waits for nothing but the link's own allowance, so that signs of life and credit are never behind what others do. */
  async #receive(encoded: Uint8Array): Promise<void> {
    if (this.#isOver) return;
    const piece = decodePiece(encoded);
    this.#heardAt = this.#options.runtime.elapsed();
    this.#bytesIn += encoded.length;
    if (piece.priority !== undefined) {
      if (!this.#isGreeted) throw new Refusal('bad-frame');
      this.#incoming.receive(piece.priority, piece);
      return;
    }
    const taken = this.#options.quotas.own.take(this.id);
    if (!taken.ok) await this.#pause(taken.retryAfterMs);
    this.#takeOwn(piece.bytes);
  }

  #takeOwn(bytes: Uint8Array): void {
    const frame = decodeFederationFrame(bytes);
    if (!this.#isGreeted) {
      if (frame?.frame !== 'hello') throw new Refusal('bad-frame');
      this.#greet(frame.payload);
    } else if (frame?.frame === 'ping') {
      this.#own.pong(frame.payload.n);
      void this.#pump();
    } else if (frame?.frame === 'pong') this.#pong(frame.payload.n);
    else if (frame?.frame === 'credit') {
      this.#outgoing.grant(frame.payload.priority, frame.payload.total);
      void this.#pump();
    } else if (frame) throw new Refusal('bad-frame');
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
    this.#greeted.resolve();
  }

  #pong(n: number): void {
    if (n > this.#pings) throw new Refusal('bad-frame');
    if (n === this.#pings) this.#roundTripMs = this.#options.runtime.elapsed() - this.#pingAt;
  }

  #take({ priority, isAnswer, bytes }: Frame, release: () => void): void {
    const frame = decodeFederationFrame(bytes);
    if (isAnswer !== (frame?.frame === 'answer') || (frame && ownNames.has(frame.frame)))
      throw new Refusal('bad-frame');
    if (frame?.frame === 'ask') {
      const answered = this.#answers.take(priority, frame.payload, bytes.length);
      answered.catch((error) => this.#failed(error)).finally(release);
    } else if (frame && frame.frame !== 'answer') {
      const { exchange } = this.#options;
      const taken = (): Promise<void> => exchange.take(this.id, frame);
      this.#inOrder[priority].add(exchange.flowOf(frame), () =>
        taken()
          .catch((error) => this.#failed(error))
          .finally(release),
      );
    } else {
      if (frame) this.#asks.answered(frame.payload);
      release();
    }
  }

  /** Asks for life, and gives up a link on which nothing came for too long. */
  #beat(): void {
    const { runtime } = this.#options;
    const silentMs = runtime.elapsed() - this.#heardAt;
    if (silentMs >= deadMs) {
      this.close('lost');
      return;
    }
    this.#pingAt = runtime.elapsed();
    this.#own.ping(++this.#pings);
    void this.#pump();
    this.#cancel = runtime.setTimer(() => this.#beat(), Math.min(pingMs, deadMs - silentMs));
  }

  #queue(bytes: Uint8Array, options: FrameOptions, isAnswer: boolean): boolean {
    if (this.#isOver) return false;
    if (bytes.length > limits.frameBytes) {
      this.#options.log.error({ server: this.id, bytes: bytes.length }, 'a frame for a server is too large');
      return false;
    }
    const hasRoom = this.#outgoing.push(bytes, options, isAnswer);
    if (hasRoom) void this.#pump();
    return hasRoom;
  }

  /** Sends what waits, one piece after another, as the link takes it. */
  async #pump(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        this.#bytesOut += next.length;
        await this.#link.send(next);
      }
    } catch {
      // The link is over, which `frames` tells too.
    }
    this.#isSending = false;
  }

  #next(): Uint8Array | undefined {
    if (this.#isOver) return undefined;
    const own = this.#own.next();
    // Nothing before the other side's hello, which it would not know what to do with either.
    if (own || !this.#isGreeted) return own;
    const piece = this.#outgoing.next();
    for (const { priority, flow } of this.#outgoing.roomAgain()) this.#options.room(this, priority, flow);
    return piece;
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.runtime.setTimer(resolve, ms);
    this.#wake = resolve;
    await promise;
    cancel();
    this.#wake = undefined;
  }

  #evict(): void {
    this.#options.log.warn({ server: this.id }, 'links hold too much memory; ending the one that holds most');
    this.close('busy');
  }

  #failed(error: unknown): void {
    const isBadFrame = error instanceof Refusal;
    if (!isBadFrame) this.#options.log.error({ error, server: this.id }, 'a link with a server failed');
    this.close(isBadFrame ? 'bad-frame' : 'failed');
  }

  #over(): void {
    this.#isOver = true;
    this.#cancel();
    this.#wake?.();
    this.#gate.end();
    this.#outgoing.end();
    this.#incoming.end();
    for (const line of Object.values(this.#inOrder)) line.end();
    this.#asks.end();
  }
}
