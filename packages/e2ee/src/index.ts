export { addressKey, addressKeyPair } from './address-key.ts';
export { ed25519PublicKey, ed25519Sign, ed25519Verify } from './ed25519.ts';
export { E2eeError, type E2eeErrorCode, e2eeErrors } from './error.ts';
export { type HpkeContext, type HpkeOpen, type HpkeSeal, hpkeOpen, hpkeOverheadBytes, hpkeSeal } from './hpke/hpke.ts';
export { type IdentityProof, identityProofBytes, verifyIdentityProof } from './identity-proof.ts';
export { type KeyMessage, type OwnKey, ownKey } from './key-message.ts';
export type { CipherName } from './noise/cipher.ts';
export { type CipherState, maxMessageBytes } from './noise/cipher-state.ts';
export type { HandshakeName, HandshakeRole } from './noise/handshake-pattern.ts';
export type { HashName } from './noise/hash.ts';
export {
  type FinishedHandshake,
  type NoiseOptions,
  type NoiseSession,
  noiseInitiator,
  noiseResponder,
} from './noise/session.ts';
export { SecureFrames } from './secure-frames.ts';
export { type DiffieHellman, type KeyPair, x25519, x25519KeyPair } from './x25519.ts';
