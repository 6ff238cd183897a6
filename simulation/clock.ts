// Time that passes only when nothing else is left to do: the next timer is run, then everything that follows from it
// without time, then the next.

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

export class Clock {
  #nowMs = 0;
  #order = 0;
  readonly #heap: Timer[] = [];
  /** Timers run since the beginning. */
  steps = 0;

  /** Milliseconds since the beginning. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Runs `run` once after `delayMs`, those of one moment in the order of the calls. Returns what cancels it. */
  setTimer(run: () => void, delayMs: number): () => void {
    const dueMs = this.#nowMs + Math.max(0, Number.isFinite(delayMs) ? delayMs : 0);
    const timer: Timer = { dueMs, order: this.#order++, run };
    push(this.#heap, timer);
    return () => {
      timer.run = undefined;
    };
  }

  /** Resolves when `ms` have passed. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(resolve, ms));
  }

  /** Runs the next timer and all that follows from it at once. False when there is none until `untilMs`. */
  async step(untilMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    await settle();
    for (let next = this.#heap[0]; next !== undefined; next = this.#heap[0]) {
      if (next.run !== undefined && next.dueMs > untilMs) return false;
      pop(this.#heap);
      const { run } = next;
      if (run === undefined) continue;
      next.run = undefined;
      this.#nowMs = next.dueMs;
      this.steps += 1;
      run();
      await (this.steps % stepsPerTurn === 0 ? turn() : settle());
      return true;
    }
    return false;
  }

  /** Lets `ms` pass, with everything that falls due. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    while (await this.step(untilMs)) {}
    this.#nowMs = untilMs;
  }

  /** Lets time pass until `done` gives true; false when `withinMs` were not enough. */
  async until(done: () => boolean, withinMs: number): Promise<boolean> {
    const untilMs = this.#nowMs + withinMs;
    await settle();
    while (!done()) if (!(await this.step(untilMs))) return done();
    return true;
  }
}

/** Everything that needs no time happens before this resolves: a tick that a microtask asks for runs when none is left. */
export const settle = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** So often the event loop turns, which costs more: for rejections that nobody caught, and the time limits of tests. */
const stepsPerTurn = 200;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const isBefore = (a: Timer, b: Timer): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

function push(heap: Timer[], timer: Timer): void {
  let at = heap.length;
  heap.push(timer);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(timer, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
}
