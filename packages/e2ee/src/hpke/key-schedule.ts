/** KeySchedule() of mode_base with HKDF-SHA256 (0x0001) and ChaCha20Poly1305 (0x0003) [RFC 9180 §5.1]. */
import { aeadKeyBytes, aeadNonceBytes } from '../aead.ts';
import { concat, noBytes, wipe } from '../bytes.ts';
import { ascii, labeledExpand, labeledExtract } from './labeled.ts';

const suite = concat(ascii('HPKE'), Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, 0x03));
const modeBase = 0x00;

export function keySchedule(sharedSecret: Uint8Array, info: Uint8Array): { key: Uint8Array; baseNonce: Uint8Array } {
  const pskIdHash = labeledExtract(suite, noBytes, 'psk_id_hash', noBytes);
  const infoHash = labeledExtract(suite, noBytes, 'info_hash', info);
  const context = concat(Uint8Array.of(modeBase), pskIdHash, infoHash);
  const secret = labeledExtract(suite, sharedSecret, 'secret', noBytes);
  const key = labeledExpand(suite, secret, 'key', context, aeadKeyBytes);
  const baseNonce = labeledExpand(suite, secret, 'base_nonce', context, aeadNonceBytes);
  wipe(secret);
  return { key, baseNonce };
}
