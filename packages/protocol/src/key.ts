/** What is signed to prove a key: bound to purpose, server and connection, so that a signature is good for nothing else. */
import { encodeCbor } from './cbor.ts';

/**
 * The bytes to sign with Ed25519 (RFC 8032).
 * @param server id of the server, as `session.hello` gave it and as the client expects it
 * @param challenge the 32 bytes of `session.challenge`
 */
export function keyProof(purpose: 'sign-in' | 'add-key', server: string, challenge: Uint8Array): Uint8Array {
  return encodeCbor(['parley key proof v1', purpose, server, challenge]);
}
