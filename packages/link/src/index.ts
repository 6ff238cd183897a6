export * from './close-reason.ts';
export * from './framing.ts';
export { heartbeatMs, maxFrameBytes } from './limits.ts';
export * from './link.ts';
export type { LinkOptions } from './options.ts';
export type { Timers } from './runtime.ts';
