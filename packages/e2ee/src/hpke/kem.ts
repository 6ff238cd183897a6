/** DHKEM(X25519, HKDF-SHA256), 0x0020: keys, encapsulations and secrets have 32 bytes [RFC 9180 §4.1, §7.1]. */
import { concat, noBytes, wipe } from '../bytes.ts';
import { type KeyPair, sharedSecret, x25519 } from '../x25519.ts';
import { ascii, labeledExpand, labeledExtract } from './labeled.ts';

const suite = concat(ascii('KEM'), Uint8Array.of(0x00, 0x20));
const secretBytes = 32;

/** Encap(pkR), with the ephemeral pair handed in. Throws `bad-key` for a key of small order [RFC 9180 §7.1.4]. */
export function encapsulate(recipient: Uint8Array, ephemeral: KeyPair): { enc: Uint8Array; secret: Uint8Array } {
  const dh = sharedSecret(x25519, ephemeral.secretKey, recipient);
  return { enc: ephemeral.publicKey, secret: extractAndExpand(dh, ephemeral.publicKey, recipient) };
}

/** Decap(enc, skR). Throws like {@link encapsulate}. */
export function decapsulate(enc: Uint8Array, recipient: KeyPair): Uint8Array {
  return extractAndExpand(sharedSecret(x25519, recipient.secretKey, enc), enc, recipient.publicKey);
}

function extractAndExpand(dh: Uint8Array, enc: Uint8Array, recipient: Uint8Array): Uint8Array {
  const pseudorandom = labeledExtract(suite, noBytes, 'eae_prk', dh);
  const secret = labeledExpand(suite, pseudorandom, 'shared_secret', concat(enc, recipient), secretBytes);
  wipe(dh, pseudorandom);
  return secret;
}
