import type { Runtime } from './api.ts';

/** A new name for an act: 96 random bits, so that two devices never draw the same. */
export function newClientId(runtime: Runtime): string {
  return runtime.randomBytes(12).toBase64({ alphabet: 'base64url', omitPadding: true });
}
