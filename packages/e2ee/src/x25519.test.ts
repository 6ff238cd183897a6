import assert from 'node:assert/strict';
import { test } from 'node:test';
import { E2eeError } from './error.ts';
import { sharedSecret, x25519, x25519KeyPair } from './x25519.ts';

const hex = Uint8Array.fromHex;
const isBadKey = (error: unknown) => error instanceof E2eeError && error.code === 'bad-key';

test('two sides share the secret of the standard [RFC 7748 §6.1]', () => {
  const alice = x25519KeyPair(hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'));
  const bob = x25519KeyPair(hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'));
  const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
  assert.equal(alice.publicKey.toHex(), '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
  assert.equal(sharedSecret(x25519, alice.secretKey, bob.publicKey).toHex(), shared);
  assert.equal(sharedSecret(x25519, bob.secretKey, alice.publicKey).toHex(), shared);
});

test('a point of small order is refused, in each of its spellings', () => {
  const prime = 2n ** 255n - 19n;
  const points = [
    ...[0n, 1n, prime - 1n, prime, prime + 1n].map(littleEndian),
    hex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
    hex('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'),
  ];
  for (const point of points) {
    for (const topBit of [0, 0x80]) {
      const spelling = point.slice();
      spelling[31]! |= topBit;
      assert.throws(() => sharedSecret(x25519, new Uint8Array(32).fill(9), spelling), isBadKey, spelling.toHex());
    }
  }
});

test('keys of another length are refused', () => {
  for (const length of [0, 31, 33]) {
    const wrong = new Uint8Array(length).fill(9);
    assert.throws(() => x25519KeyPair(wrong), isBadKey);
    assert.throws(() => sharedSecret(x25519, wrong, new Uint8Array(32).fill(9)), isBadKey);
    assert.throws(() => sharedSecret(x25519, new Uint8Array(32).fill(9), wrong), isBadKey);
  }
});

test('a pair keeps its own copy of the secret', () => {
  const secret = new Uint8Array(32).fill(9);
  const pair = x25519KeyPair(secret);
  secret.fill(0);
  assert.deepEqual(pair.secretKey, new Uint8Array(32).fill(9));
});

function littleEndian(value: bigint): Uint8Array {
  return hex(value.toString(16).padStart(64, '0')).reverse();
}
