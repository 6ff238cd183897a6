import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { addressKey, addressKeyPair } from './address-key.ts';
import { ed25519PublicKey } from './ed25519.ts';
import { E2eeError } from './error.ts';

const hex = Uint8Array.fromHex;
const isBadKey = (error: unknown) => error instanceof E2eeError && error.code === 'bad-key';

test('an identity has the address key that libsodium gives it', () => {
  const seed = hex('421151a459faeade3d247115f94aedae42318124095afabe4d1451a559faedee');
  const pair = addressKeyPair(seed);
  assert.equal(pair.secretKey.toHex(), '8052030376d47112be7f73ed7a019293dd12ad910b654455798b4667d73de166');
  assert.equal(pair.publicKey.toHex(), 'f1814f0e8ff1043d8a44d25babff3cedcae6c22c3edaa48f857ae70de2baae50');
});

test('who knows the identity and who knows the seed find the same address key', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
      assert.deepEqual(addressKey(ed25519PublicKey(seed)), addressKeyPair(seed).publicKey);
    }),
    { numRuns: 20 },
  );
});

test('what is no identity has no address key', () => {
  const { Point } = ed25519;
  const torsion = ED25519_TORSION_SUBGROUP.map(hex);
  const mixed = Point.BASE.add(Point.fromBytes(torsion[1]!)).toBytes();
  const longForm = new Uint8Array(32).fill(0xff);
  for (const key of [...torsion, mixed, longForm, new Uint8Array(31), new Uint8Array(32).fill(2)])
    assert.throws(() => addressKey(key), isBadKey, key.toHex());
  assert.throws(() => addressKeyPair(new Uint8Array(31)), isBadKey);
});
