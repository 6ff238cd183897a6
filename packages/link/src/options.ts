import { heartbeatMs, maxFrameBytes } from './limits.ts';
import { type Timers, timers } from './runtime.ts';

/** What every transport may be given; left out, the values of limits.ts and real timers. */
export interface LinkOptions {
  /** Largest frame in either direction, at most 16 MiB. */
  readonly maxFrameBytes?: number | undefined;
  readonly heartbeatMs?: number | undefined;
  readonly timers?: Timers | undefined;
}

/** The options with the gaps filled. */
export function filled(options: LinkOptions): { maxFrameBytes: number; heartbeatMs: number; timers: Timers } {
  const limit = options.maxFrameBytes ?? maxFrameBytes;
  if (limit > 16 * 1024 * 1024) throw new RangeError('maxFrameBytes is at most 16 MiB');
  return {
    maxFrameBytes: limit,
    heartbeatMs: options.heartbeatMs ?? heartbeatMs,
    timers: options.timers ?? timers,
  };
}
