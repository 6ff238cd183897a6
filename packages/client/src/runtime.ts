/** Clock, random and timers of the machine: the one file of this package that touches them. Browsers, workers, Node. */
import type { Runtime } from './api.ts';

export const machineRuntime: Runtime = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  random: () => Math.random(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  setTimer(callback, ms) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
