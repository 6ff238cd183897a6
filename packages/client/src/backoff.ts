/** How long to wait before the next try: full jitter, so that a thousand clients do not come back in one moment. */
import type { Runtime } from './api.ts';
import { backoffMs } from './limits.ts';

/** Whole ms, at random up to `first` doubled with each attempt; attempts count from 0. */
export function backoff(runtime: Runtime, attempt: number, bounds: typeof backoffMs = backoffMs): number {
  const ceiling = Math.min(bounds.longest, bounds.first * 2 ** Math.min(attempt, 30));
  return Math.round(runtime.random() * ceiling);
}
