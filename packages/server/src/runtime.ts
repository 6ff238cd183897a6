// The one place in this package that touches real time and real chance; all else gets a Runtime handed in.
import { randomFillSync } from 'node:crypto';

export interface Runtime {
  /** Wall clock, in ms since 1970. May jump; for display and for expiry, never for order. */
  now(): number;
  /** Steady clock, in ms since some start. */
  elapsed(): number;
  /** Calls `run` once after `delayMs`, however long that is; returns what cancels it. */
  setTimer(run: () => void, delayMs: number): () => void;
  /** Calls `run` once when this turn of the event loop, with what it has read from sockets, is over. */
  nextTurn(run: () => void): () => void;
  /** Calls `run` once when what is under way waits for something outside, before anything more is read. */
  turnEnd(run: () => void): () => void;
  /** For keys, tokens and salts. */
  randomBytes(length: number): Uint8Array;
  /** From 0 to below 1, for jitter; not for secrets. */
  random(): number;
}

/** What setTimeout takes; above it, it fires at once. */
const longestTimeoutMs = 2 ** 31 - 1;

function setTimer(run: () => void, delayMs: number): () => void {
  let timer: NodeJS.Timeout;
  const wait = (restMs: number): void => {
    timer =
      restMs > longestTimeoutMs
        ? setTimeout(() => wait(restMs - longestTimeoutMs), longestTimeoutMs)
        : setTimeout(run, restMs);
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}

/** Draws many small wants of chance at once, for each call costs as much; what was given away is wiped. */
function pooledRandom(poolBytes: number): (length: number) => Uint8Array {
  const pool = new Uint8Array(poolBytes);
  let used = poolBytes;
  return (length) => {
    if (length > poolBytes / 16) return randomFillSync(new Uint8Array(length));
    if (used + length > poolBytes) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + length);
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  };
}

export const runtime: Runtime = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimer,
  turnEnd(run) {
    let isDue = true;
    process.nextTick(() => {
      if (isDue) run();
    });
    return () => {
      isDue = false;
    };
  },
  nextTurn(run) {
    const turn = setImmediate(run);
    return () => clearImmediate(turn);
  },
  randomBytes: pooledRandom(4_096),
  random: () => Math.random(),
};
