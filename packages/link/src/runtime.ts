// The one place in this package that touches real timers.

/** Timers as links need them. `setTimer` runs `run` once after `delayMs` and returns what cancels it. */
export interface Timers {
  setTimer(run: () => void, delayMs: number): () => void;
}

/** The timers of the machine. */
export const timers: Timers = {
  setTimer(run, delayMs) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
