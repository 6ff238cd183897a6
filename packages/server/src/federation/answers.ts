/** Questions of one server that are being answered on one link. */
import { encodeFederationFrame, type FramePayload, linkLimits, Refusal } from '@parley/protocol';
import type { Exchange } from './exchange.ts';
import { byPriority, type FrameOptions, type Priority } from './priority.ts';

/** Who gave one up asks the next before this side is done with it. */
const patience = 2;
const retryAfterMs = 1_000;

export interface AnswersOptions {
  readonly server: string;
  readonly exchange: Exchange;
  /** Queues an answer; false when there is no room. */
  readonly send: (bytes: Uint8Array, options: FrameOptions) => boolean;
}

export class Answers {
  readonly #options: AnswersOptions;
  readonly #underWay = new Set<number>();
  readonly #load = byPriority(() => ({ asks: 0, bytes: 0 }));

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Has it answered; resolves then. Rejects with Refusal('bad-frame') for a number that is being answered. */
  async take(priority: Priority, asked: FramePayload<'ask'>, size: number): Promise<void> {
    const { exchange, server } = this.#options;
    const { n } = asked;
    if (this.#underWay.has(n)) throw new Refusal('bad-frame');
    const options = { priority, flow: flowOf(asked) };
    const load = this.#load[priority];
    const isFull =
      load.asks >= patience * linkLimits.asksUnderWay ||
      (load.asks > 0 && load.bytes + size > linkLimits.askBytesUnderWay);
    if (isFull) {
      this.#options.send(refusal(n, 'too-fast'), options);
      return;
    }
    this.#underWay.add(n);
    load.asks += 1;
    load.bytes += size;
    const answer = await exchange.answer(server, asked);
    this.#underWay.delete(n);
    load.asks -= 1;
    load.bytes -= size;
    // Where even the refusal finds no room, the asker waits in vain.
    if (!this.#options.send(answer, options)) this.#options.send(refusal(n, 'unavailable'), options);
  }
}

const refusal = (n: number, code: 'too-fast' | 'unavailable'): Uint8Array =>
  encodeFederationFrame('answer', { n, error: { code, retryAfterMs } });

/** Answers share a link as what is asked about does: by room. */
function flowOf({ ask, payload }: FramePayload<'ask'>): string {
  const room = typeof payload === 'object' && payload !== null && 'room' in payload ? payload.room : undefined;
  return typeof room === 'string' && room.length <= 64 ? room : ask;
}
