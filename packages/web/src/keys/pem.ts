/** Ed25519 keys as files: PKCS #8 in PEM [RFC 8410 §7, RFC 7468 §10], as the command line and OpenSSL write them. */

/** Everything of the structure that stands before the seed of 32 bytes. */
const prefix = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
const seedBytes = 32;
const [begin, end] = ['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----'];
/** A key takes 119 letters: what is longer is another file. */
const mostLetters = 16_384;

export function toPem(seed: Uint8Array): string {
  const text = btoa(String.fromCharCode(...prefix, ...seed));
  return `${begin}\n${text}\n${end}\n`;
}

/** The seed, or undefined for what holds no private key of this kind. */
export function fromPem(text: string): Uint8Array | undefined {
  if (text.length > mostLetters) return undefined;
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) return undefined;
  const bytes = decoded(text.slice(from + begin.length, to));
  if (bytes?.length !== prefix.length + seedBytes) return undefined;
  return prefix.every((byte, i) => byte === bytes[i]) ? bytes.slice(prefix.length) : undefined;
}

function decoded(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text.replace(/\s/g, '')), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
