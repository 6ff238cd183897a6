import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat } from './bytes.ts';
import { ed25519PublicKey, ed25519Sign, ed25519Verify, strictPoint } from './ed25519.ts';

const { Point } = ed25519;
const hex = Uint8Array.fromHex;
const order = Point.Fn.ORDER;
const prime = 2n ** 255n - 19n;

function littleEndian(value: bigint): Uint8Array {
  return hex(value.toString(16).padStart(64, '0')).reverse();
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytes.toReversed().toHex()}`);
}

/** What OpenSSL says, which servers ask. */
function platform(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const der = Buffer.concat([hex('302a300506032b6570032100'), publicKey]);
  return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
}

describe('Ed25519', () => {
  const seed = hex('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7');
  const message = hex('af82');
  const publicKey = ed25519PublicKey(seed);
  const signature = ed25519Sign(seed, message);

  test('agrees with the standard [RFC 8032 §7.1, test 3]', () => {
    assert.equal(publicKey.toHex(), 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025');
    assert.equal(
      signature.toHex(),
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    );
    assert.equal(ed25519Verify(publicKey, message, signature), true);
  });

  test('refuses other lengths, the second form of S, and another key, message or signature', () => {
    assert.equal(ed25519Verify(publicKey, hex('af83'), signature), false);
    assert.equal(ed25519Verify(ed25519PublicKey(new Uint8Array(32)), message, signature), false);
    for (const at of [0, 31, 32, 63]) {
      const changed = signature.slice();
      changed[at]! ^= 1;
      assert.equal(ed25519Verify(publicKey, message, changed), false);
    }
    for (const length of [0, 31, 33]) assert.equal(ed25519Verify(new Uint8Array(length), message, signature), false);
    for (const length of [0, 63, 65]) assert.equal(ed25519Verify(publicKey, message, new Uint8Array(length)), false);
    const s = littleEndian(fromLittleEndian(signature.subarray(32)) + order);
    assert.equal(ed25519Verify(publicKey, message, concat(signature.subarray(0, 32), s)), false);
  });

  test('refuses keys of small order and keys not in shortest form', () => {
    const base = Point.BASE.toBytes();
    const forged = [concat(base, littleEndian(1n)), concat(littleEndian(1n), littleEndian(0n))];
    const small = [...ED25519_TORSION_SUBGROUP.map(hex), ...[prime, prime + 1n].map(littleEndian)];
    for (const key of small) {
      for (const each of forged) {
        for (let nonce = 0; nonce < 16; nonce += 1) assert.equal(ed25519Verify(key, Uint8Array.of(nonce), each), false);
      }
    }
    for (let above = 0n; above < 19n; above += 1n)
      assert.equal(strictPoint(littleEndian(prime + above)), undefined, `p + ${above}`);
    assert.equal(ed25519Verify(littleEndian(prime + 3n), message, signature), false);
  });

  test('judges without cofactor, as OpenSSL does and the library does not', () => {
    const torsion = Point.fromBytes(hex(ED25519_TORSION_SUBGROUP[1]!));
    const secret = 12345678901234567890n;
    const mixedKey = Point.BASE.multiply(secret).add(torsion).toBytes();
    const r = 98765432109876543210n;
    const seen = { accepted: 0, refused: 0 };
    for (const nonce of [Point.BASE.multiply(r), Point.BASE.multiply(r).add(torsion)].map((each) => each.toBytes())) {
      for (let i = 0; i < 24; i += 1) {
        const signed = Uint8Array.of(i);
        const k = Point.Fn.create(fromLittleEndian(sha512(concat(nonce, mixedKey, signed))));
        const made = concat(nonce, littleEndian(Point.Fn.create(r + k * secret)));
        const isValid = ed25519Verify(mixedKey, signed, made);
        assert.equal(isValid, platform(mixedKey, signed, made));
        assert.equal(ed25519.verify(made, signed, mixedKey, { zip215: false }), true);
        seen[isValid ? 'accepted' : 'refused'] += 1;
      }
    }
    assert.ok(seen.accepted > 0 && seen.refused > 0);
  });
});
