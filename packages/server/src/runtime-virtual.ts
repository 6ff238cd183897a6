// A Runtime whose time stands still until it is moved and whose chance comes from a seed. For tests only.
import type { Runtime } from './runtime.ts';

export interface VirtualRuntime extends Runtime {
  /** Moves both clocks and runs what falls due, in order; timers set meanwhile count too. */
  advance(ms: number): void;
  /** Moves the wall clock alone, as an operator would. */
  setNow(ms: number): void;
  /** Timers that wait. */
  readonly timers: number;
}

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** Starts at 2026-01-01T00:00:00Z. The same seed gives the same bytes. */
export function createVirtualRuntime(seed = 1): VirtualRuntime {
  const timers = new Set<Timer>();
  const random = seeded(seed);
  let elapsedMs = 0;
  let wallStartMs = 1_767_225_600_000;
  const setTimer = (run: () => void, delayMs: number): (() => void) => {
    const timer = { dueMs: elapsedMs + Math.max(0, delayMs), run };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  const nextDue = (untilMs: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  };
  return {
    now: () => wallStartMs + elapsedMs,
    elapsed: () => elapsedMs,
    setTimer,
    nextTurn: (run) => setTimer(run, 0),
    turnEnd: (run) => setTimer(run, 0),
    randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)),
    random,
    advance(ms) {
      const untilMs = elapsedMs + ms;
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer);
        elapsedMs = timer.dueMs;
        timer.run();
      }
      elapsedMs = untilMs;
    },
    setNow(ms) {
      wallStartMs = ms - elapsedMs;
    },
    get timers() {
      return timers.size;
    },
  };
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
