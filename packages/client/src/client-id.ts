import { toBase32 } from '@parley/protocol';
import type { Runtime } from './api.ts';

/** A new name for an act: 96 random bits, so that two devices never draw the same. */
export function newClientId(runtime: Runtime): string {
  return toBase32(runtime.randomBytes(12));
}
