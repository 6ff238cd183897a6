/**
 * Long work goes through one at a time, each in a turn of the event loop of its own and the connections by turns, and
 * takes no more than half of the time: so short work is never far behind, however many ask for pages.
 */
import type { Runtime } from './runtime.ts';

/** After so much work in a row, it rests for as long as that took. */
const sliceMs = 2;

export class Turnstile {
  readonly #runtime: Pick<Runtime, 'nextTurn' | 'elapsed' | 'setTimer'>;
  /** In the order of the connections' next turns. */
  readonly #waiting = new Map<object, (() => void)[]>();
  #isOpen = true;
  /** Steady time at which the present slice of work began. */
  #since = 0;

  constructor(runtime: Pick<Runtime, 'nextTurn' | 'elapsed' | 'setTimer'>) {
    this.#runtime = runtime;
  }

  /** Resolves when it is this one's turn; undefined = now. */
  pass(who: object): Promise<void> | undefined {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#since = this.#runtime.elapsed();
      this.#runtime.nextTurn(() => this.#passed());
      return undefined;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const own = this.#waiting.get(who);
    if (own) own.push(resolve);
    else this.#waiting.set(who, [resolve]);
    return promise;
  }

  /** The turn of the last one is over. */
  #passed(): void {
    const workedMs = this.#runtime.elapsed() - this.#since;
    if (workedMs < sliceMs) this.#next();
    else
      this.#runtime.setTimer(() => {
        this.#since = this.#runtime.elapsed();
        this.#next();
      }, workedMs);
  }

  #next(): void {
    const first = this.#waiting.entries().next();
    if (first.done) {
      this.#isOpen = true;
      return;
    }
    const [who, own] = first.value;
    this.#waiting.delete(who);
    own.shift()?.();
    if (own.length > 0) this.#waiting.set(who, own);
    this.#runtime.nextTurn(() => this.#passed());
  }
}
