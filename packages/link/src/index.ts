export * from './close-reason.ts';
export * from './framing.ts';
export * from './limits.ts';
export * from './link.ts';
export type { Timers } from './runtime.ts';
