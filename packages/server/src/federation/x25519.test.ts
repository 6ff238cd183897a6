import assert from 'node:assert/strict';
import { test } from 'node:test';
import { x25519 } from '@parley/e2ee';
import { nativeX25519 } from './x25519.ts';

test('X25519 by the platform is that of RFC 7748, and that in JavaScript', () => {
  // RFC 7748 §6.1.
  const alice = Uint8Array.fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
  const bob = Uint8Array.fromHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
  const bobPublic = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f';
  assert.equal(nativeX25519.publicKey(bob).toHex(), bobPublic);
  assert.deepEqual(nativeX25519.publicKey(alice), x25519.publicKey(alice));
  const shared = nativeX25519.sharedSecret(alice, Uint8Array.fromHex(bobPublic));
  assert.equal(shared.toHex(), '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742');
  assert.deepEqual(shared, x25519.sharedSecret(alice, Uint8Array.fromHex(bobPublic)));
  assert.deepEqual(shared, nativeX25519.sharedSecret(bob, nativeX25519.publicKey(alice)));
});

test('a point of small order is refused, or shares zeros', () => {
  const secret = new Uint8Array(32).fill(7);
  let shared = new Uint8Array(32);
  try {
    shared = Uint8Array.from(nativeX25519.sharedSecret(secret, new Uint8Array(32)));
  } catch {}
  assert.deepEqual(shared, new Uint8Array(32));
});
