/** The primitives of a room's log by node:crypto, for one who only verifies. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Crypto } from '@parley/room';

export const crypto: Crypto = {
  sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
  sign() {
    throw new Error('nothing is signed here: the key is with the server');
  },
  verify(publicKey, message, signature) {
    try {
      const x = publicKey.toBase64({ alphabet: 'base64url', omitPadding: true });
      return verify(
        null,
        message,
        createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
        signature,
      );
    } catch {
      return false;
    }
  },
};
