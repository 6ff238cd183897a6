/** Questions to one server that are under way on one link, and those that wait until others are answered. */
import {
  check,
  encodeFederationFrame,
  type FramePayload,
  isErrorCode,
  limits,
  linkLimits,
  type QuestionType,
  Refusal,
} from '@parley/protocol';
import type { Runtime } from '../runtime.ts';
import { FlowQueue, type Queued } from './flow-queue.ts';
import { byPriority, type FrameOptions, type Priority, priorities } from './priority.ts';

/** Until a question counts as lost: a range of a large room over a slow line. */
const askTimeoutMs = 30_000;
const waitingBounds = { frames: 1_024, bytes: 4_194_304, flowFrames: 256, flowBytes: 1_048_576 };

export interface AskOptions extends FrameOptions {
  /** Until it rejects as `unavailable`, waiting for its turn included. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface Waiting extends Queued {
  readonly n: number;
  readonly bytes: Uint8Array;
  readonly options: FrameOptions;
}

interface UnderWay {
  readonly priority: Priority;
  readonly type: QuestionType;
  readonly size: number;
  /** Whether it was sent and so takes a place. */
  isSent: boolean;
  settle(outcome: { reply: unknown } | { error: unknown }): void;
}

export interface AsksOptions {
  readonly runtime: Pick<Runtime, 'setTimer' | 'elapsed'>;
  /** Queues a frame; false when there is no room. */
  readonly send: (bytes: Uint8Array, options: FrameOptions) => boolean;
}

export class Asks {
  readonly #options: AsksOptions;
  readonly #underWay = new Map<number, UnderWay>();
  readonly #waiting = byPriority(() => new FlowQueue<Waiting>(waitingBounds));
  /** What was sent and is not answered. */
  readonly #load = byPriority(() => ({ asks: 0, bytes: 0 }));
  #last = 0;
  #ended = false;

  constructor(options: AsksOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the reply as its type has it. Rejects with Refusal
   * (`unavailable`, `too-large`, or as answered) or with the signal's reason.
   */
  ask(name: string, type: QuestionType, payload: unknown, options: AskOptions): Promise<unknown> {
    const { timeoutMs = askTimeoutMs, signal } = options;
    const { runtime } = this.#options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const n = ++this.#last;
    const bytes = encodeFederationFrame('ask', { n, ask: name, payload });
    if (bytes.length > limits.frameBytes) return Promise.reject(new Refusal('too-large'));
    const waiting: Waiting = { n, bytes, size: bytes.length, at: runtime.elapsed(), options };
    if (this.#ended || !this.#waiting[options.priority].push(options.flow ?? '', waiting))
      return Promise.reject(new Refusal('unavailable'));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const onAbort = (): void => this.#settle(n, { error: signal?.reason });
    const cancel = runtime.setTimer(() => this.#settle(n, { error: new Refusal('unavailable') }), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle: UnderWay['settle'] = (outcome) => {
      cancel();
      signal?.removeEventListener('abort', onAbort);
      if ('reply' in outcome) resolve(outcome.reply);
      else reject(outcome.error);
    };
    this.#underWay.set(n, { priority: options.priority, type, size: bytes.length, isSent: false, settle });
    this.#go(options.priority);
    return promise;
  }

  /** Takes an answer. Throws Refusal('bad-frame') for one that nothing was asked for, or whose reply is malformed. */
  answered({ n, reply, error }: FramePayload<'answer'>): void {
    if (n === 0 || n > this.#last) throw new Refusal('bad-frame');
    const found = this.#underWay.get(n);
    // It was given up meanwhile.
    if (!found) return;
    if (!found.isSent) throw new Refusal('bad-frame');
    if (error) {
      const { code, ...detail } = error;
      this.#settle(n, { error: new Refusal(isErrorCode(code) ? code : 'unavailable', detail) });
      return;
    }
    const checked = check<unknown>(found.type.reply, reply);
    if (!checked.ok) throw new Refusal('bad-frame', { field: checked.field });
    this.#settle(n, { reply: checked.value });
  }

  /** The link is over: rejects all that is under way. */
  end(): void {
    this.#ended = true;
    for (const priority of priorities) this.#waiting[priority].clear();
    for (const n of [...this.#underWay.keys()]) this.#settle(n, { error: new Refusal('unavailable') });
  }

  /** Sends what waits, as long as there are places. */
  #go(priority: Priority): void {
    const queue = this.#waiting[priority];
    const load = this.#load[priority];
    while (load.asks < linkLimits.asksUnderWay) {
      const next = queue.peek();
      if (!next || (load.asks > 0 && load.bytes + next.size > linkLimits.askBytesUnderWay)) return;
      queue.take();
      const found = this.#underWay.get(next.n);
      // It was given up while it waited.
      if (!found) continue;
      found.isSent = this.#options.send(next.bytes, next.options);
      if (found.isSent) {
        load.asks += 1;
        load.bytes += next.size;
      } else this.#settle(next.n, { error: new Refusal('unavailable') });
    }
  }

  #settle(n: number, outcome: Parameters<UnderWay['settle']>[0]): void {
    const found = this.#underWay.get(n);
    if (!found) return;
    this.#underWay.delete(n);
    found.settle(outcome);
    if (!found.isSent) return;
    this.#load[found.priority].asks -= 1;
    this.#load[found.priority].bytes -= found.size;
    if (!this.#ended) this.#go(found.priority);
  }
}
