/**
 * How a side of a Noise handshake shows whose its static key is: its Ed25519 identity signs that key. The proof travels
 * as the payload of the handshake message that carries the key, or of a later one. It holds for as long as the static
 * key is kept, so a key is best made anew at each start and never stored. That the other side owns the static key too
 * is known only when the handshake is finished.
 */
import { encodeCbor } from '@parley/protocol';
import { ed25519Verify } from './ed25519.ts';
import type { HandshakeRole } from './noise/handshake-pattern.ts';

export interface IdentityProof {
  /** The network's id: a proof is worth nothing in another. */
  readonly network: string;
  /** The signer's part in the handshake, so that nobody gets its own proof back. */
  readonly role: HandshakeRole;
  /** The signer's Noise static public key, 32 bytes. */
  readonly staticKey: Uint8Array;
}

/** What the identity signs: a canonical CBOR array [RFC 8949 §4.2.1]. */
export function identityProofBytes({ network, role, staticKey }: IdentityProof): Uint8Array {
  return encodeCbor(['parley noise static key v1', network, role, staticKey]);
}

/**
 * Whether `identity`, an Ed25519 public key, signed it. Never throws.
 * @param verify strict, as {@link ed25519Verify}: a platform may have a faster one
 */
export function verifyIdentityProof(
  identity: Uint8Array,
  proof: IdentityProof,
  signature: Uint8Array,
  verify: typeof ed25519Verify = ed25519Verify,
): boolean {
  return proof.staticKey.length === 32 && verify(identity, identityProofBytes(proof), signature);
}
