/** A runtime for tests: its time passes when told, its chance comes from a seed. */
import type { Runtime } from '../api.ts';

export interface VirtualRuntime extends Runtime {
  /** Lets everything that is ready happen. */
  settle(): Promise<void>;
  /** Lets `ms` pass, timer by timer. */
  pass(ms: number): Promise<void>;
  readonly timers: number;
}

/** @param drain resolves when no microtask is left, as setImmediate of node:timers/promises */
export function virtualRuntime(drain: () => Promise<unknown>, seed = 1): VirtualRuntime {
  let clock = 0;
  let state = seed >>> 0 || 1;
  let lastTimer = 0;
  const timers = new Map<number, { at: number; callback: () => void }>();
  const random = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  const settle = async () => {
    await drain();
  };
  return {
    now: () => 1_700_000_000_000 + clock,
    elapsed: () => clock,
    random,
    randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)),
    setTimer(callback, ms) {
      const id = ++lastTimer;
      timers.set(id, { at: clock + Math.max(0, ms), callback });
      return () => timers.delete(id);
    },
    settle,
    async pass(ms) {
      const end = clock + ms;
      await settle();
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
        if (!due) break;
        const [id, { at, callback }] = due;
        timers.delete(id);
        clock = Math.max(clock, at);
        callback();
        await settle();
      }
      clock = end;
      await settle();
    },
    get timers() {
      return timers.size;
    },
  };
}
