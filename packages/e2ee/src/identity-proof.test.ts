import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ed25519PublicKey, ed25519Sign } from './ed25519.ts';
import { type IdentityProof, identityProofBytes, verifyIdentityProof } from './identity-proof.ts';
import { noiseInitiator, noiseResponder } from './noise/session.ts';
import { x25519KeyPair } from './x25519.ts';

const filled = (byte: number) => new Uint8Array(32).fill(byte);
const seed = filled(1);
const identity = ed25519PublicKey(seed);
const proof: IdentityProof = { network: 'parley', role: 'initiator', staticKey: filled(5) };
const signature = ed25519Sign(seed, identityProofBytes(proof));

describe('a proof of identity', () => {
  test('is a canonical array of label, network, role and key', () => {
    const label = '781a7061726c6579206e6f69736520737461746963206b6579207631';
    const expected = `84${label}667061726c657969696e69746961746f725820${'05'.repeat(32)}`;
    assert.equal(identityProofBytes(proof).toHex(), expected);
  });

  test('holds for what was signed, and for nothing else', () => {
    assert.equal(verifyIdentityProof(identity, proof, signature), true);
    const others: Partial<IdentityProof>[] = [{ network: 'parle' }, { role: 'responder' }, { staticKey: filled(6) }];
    for (const other of others) assert.equal(verifyIdentityProof(identity, { ...proof, ...other }, signature), false);
    assert.equal(verifyIdentityProof(ed25519PublicKey(filled(2)), proof, signature), false);
    assert.equal(verifyIdentityProof(identity, proof, signature.subarray(1)), false);
    assert.equal(verifyIdentityProof(new Uint8Array(31), proof, signature), false);
    const short = { ...proof, staticKey: new Uint8Array(31) };
    assert.equal(verifyIdentityProof(identity, short, ed25519Sign(seed, identityProofBytes(short))), false);
  });

  test('travels with the handshake message that carries the key', () => {
    const statics = { initiator: x25519KeyPair(filled(11)), responder: x25519KeyPair(filled(12)) };
    const seeds = { initiator: filled(21), responder: filled(22) };
    const setup = { pattern: 'XX', prologue: new TextEncoder().encode('parley') } as const;
    const a = noiseInitiator({ ...setup, staticKey: statics.initiator, randomBytes: () => filled(31) });
    const b = noiseResponder({ ...setup, staticKey: statics.responder, randomBytes: () => filled(32) });
    const own = (role: 'initiator' | 'responder') => {
      const staticKey = statics[role].publicKey;
      return ed25519Sign(seeds[role], identityProofBytes({ network: 'parley', role, staticKey }));
    };
    const isFrom = (role: 'initiator' | 'responder', staticKey: Uint8Array, signed: Uint8Array) =>
      verifyIdentityProof(ed25519PublicKey(seeds[role]), { network: 'parley', role, staticKey }, signed);

    b.read(a.write());
    const fromResponder = a.read(b.write(own('responder')));
    assert.equal(isFrom('responder', a.remoteStatic!, fromResponder), true);
    const fromInitiator = b.read(a.write(own('initiator')));
    assert.equal(isFrom('initiator', b.finished!.remoteStatic!, fromInitiator), true);
    assert.equal(isFrom('initiator', b.finished!.remoteStatic!, fromResponder), false);
  });
});
