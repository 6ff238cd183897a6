/** Who takes what other servers say and answers what they ask: the parts of the federation, one handler a name. */
import {
  check,
  encodeFederationFrame,
  type FederationFrame,
  type FrameName,
  type FramePayload,
  limits,
  type QuestionName,
  type QuestionPayload,
  type QuestionReply,
  type QuestionType,
  questions,
  Refusal,
} from '@parley/protocol';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { LinkFrameName } from './own-frames.ts';

interface FrameHandler {
  readonly handle: (from: string, payload: unknown) => void | Promise<void>;
  readonly flow: (payload: unknown) => string;
}
type AskHandler = (from: string, payload: unknown) => Promise<unknown>;

/** Frames of the parts of the federation, beside which a link has some of its own. */
export type PartFrameName = Exclude<FrameName, LinkFrameName>;

export interface TakeOptions<N extends PartFrameName> {
  /**
   * A room's id mostly: of one priority and server, frames of different flows are dealt with at the same time, those of
   * one flow in order. Without it a frame is of one flow with all others that have none.
   */
  readonly flow?: (payload: FramePayload<N>) => string;
}

/** Answers that are being made for all servers: past that only those who wait for few get more. */
const answersUnderWay = 4_096;
const fewAnswers = 16;
/** For one server, over links that it has lost meanwhile too. */
const answersPerServer = 1_024;
const busyRetryMs = 1_000;

export class Exchange {
  /** Questions that are known, by name. */
  readonly questions: Readonly<Record<string, QuestionType>>;
  readonly #runtime: Pick<Runtime, 'randomBytes'>;
  readonly #log: Log;
  readonly #frames = new Map<string, FrameHandler>();
  readonly #asks = new Map<string, AskHandler>();
  /** Answers that are being made, by server. */
  readonly #answering = new Map<string, number>();
  #answeringAll = 0;
  #closed = false;

  constructor(options: {
    runtime: Pick<Runtime, 'randomBytes'>;
    log: Log;
    questions?: Readonly<Record<string, QuestionType>> | undefined;
  }) {
    this.#runtime = options.runtime;
    this.#log = options.log;
    this.questions = options.questions ?? questions;
  }

  onFrame<N extends PartFrameName>(
    name: N,
    handler: (from: string, payload: FramePayload<N>) => void | Promise<void>,
    { flow = () => '' }: TakeOptions<N> = {},
  ): void {
    if (this.#frames.has(name)) throw new Error(`the frame ${name} has a handler`);
    this.#frames.set(name, { handle: handler as FrameHandler['handle'], flow: flow as FrameHandler['flow'] });
  }

  /** What a frame may have to wait behind. */
  flowOf({ frame, payload }: FederationFrame): string {
    return this.#frames.get(frame)?.flow(payload) ?? '';
  }

  onAsk<Q extends QuestionName>(
    name: Q,
    handler: (from: string, payload: QuestionPayload<Q>) => Promise<QuestionReply<Q>>,
  ): void {
    if (this.#asks.has(name)) throw new Error(`the question ${name} has a handler`);
    this.#asks.set(name, handler as AskHandler);
  }

  /** Resolves when the frame has been dealt with. Rejects with Refusal('bad-frame') alone: the link must end. */
  async take(from: string, { frame, payload }: FederationFrame): Promise<void> {
    try {
      await this.#frames.get(frame)?.handle(from, payload);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'bad-frame') throw error;
      this.#failed({ error, server: from, frame }, 'a frame of a server failed');
    }
  }

  /** This server is stopping, and what handlers lean on with it. */
  close(): void {
    this.#closed = true;
  }

  /** The frame that answers a question. Never rejects. */
  async answer(from: string, asked: FramePayload<'ask'>): Promise<Uint8Array> {
    const { n, ask } = asked;
    try {
      const bytes = encodeFederationFrame('answer', { n, reply: await this.#reply(from, asked) });
      if (bytes.length > limits.frameBytes) throw new Error('a reply is larger than a frame');
      return bytes;
    } catch (error) {
      return encodeFederationFrame('answer', { n, error: this.#errorOf(error, from, ask) });
    }
  }

  async #reply(from: string, { ask, payload }: FramePayload<'ask'>): Promise<unknown> {
    const type = Object.hasOwn(this.questions, ask) ? this.questions[ask] : undefined;
    const handler = this.#asks.get(ask);
    if (!type || !handler) throw new Refusal('unknown-request');
    const checked = check<unknown>(type.payload, payload);
    if (!checked.ok) throw new Refusal('bad-request', { field: checked.field });
    const underWay = this.#answering.get(from) ?? 0;
    if (underWay >= (this.#answeringAll < answersUnderWay ? answersPerServer : fewAnswers))
      throw new Refusal('too-fast', { retryAfterMs: busyRetryMs });
    this.#count(from, 1);
    try {
      return await handler(from, checked.value);
    } finally {
      this.#count(from, -1);
    }
  }

  #count(from: string, change: 1 | -1): void {
    const underWay = (this.#answering.get(from) ?? 0) + change;
    if (underWay === 0) this.#answering.delete(from);
    else this.#answering.set(from, underWay);
    this.#answeringAll += change;
  }

  #errorOf(error: unknown, from: string, question: string): NonNullable<FramePayload<'answer'>['error']> {
    if (error instanceof Refusal) {
      const { retryAfterMs } = error.detail;
      return { code: error.code, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
    const id = this.#runtime.randomBytes(8).toHex();
    this.#failed({ error, id, server: from, question }, 'a question of a server failed');
    return { code: 'internal', id };
  }

  /** What fails because the server is stopping is no fault. */
  #failed(fields: object, what: string): void {
    if (this.#closed) this.#log.debug(fields, what);
    else this.#log.error(fields, what);
  }
}
