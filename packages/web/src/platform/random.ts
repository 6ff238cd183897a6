/** A name for an act, drawn once; a resend under it is the same act. Not randomUUID: that needs a secure context. */
export function newClientId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
