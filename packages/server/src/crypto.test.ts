import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCrypto, sha256, verify } from './crypto.ts';
import { identityFromSeed } from './identity.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const prime = 2n ** 255n - 19n;

function littleEndian(value: bigint): Uint8Array {
  return hex(value.toString(16).padStart(64, '0')).reverse();
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function withSign(point: Uint8Array): Uint8Array {
  const negative = point.slice();
  negative[31]! |= 0x80;
  return negative;
}

describe('SHA-256', () => {
  it('agrees with the standard [FIPS 180-4]', () => {
    const expected = hex('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.deepEqual(sha256(text('abc')), expected);
    assert.deepEqual(sha256(text('a'), text(''), text('bc')), expected);
    assert.deepEqual(sha256(), sha256(text('')));
  });

  it('gives memory of its own', () => {
    assert.equal(sha256(text('a')).buffer.byteLength, 32);
  });
});

describe('Ed25519', () => {
  const identity = identityFromSeed(hex('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7'));
  const message = hex('af82');
  const signature = identity.sign(message);

  it('agrees with the standard [RFC 8032 §7.1, test 3]', () => {
    assert.deepEqual(identity.publicKey, hex('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025'));
    const expected = `6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a`;
    assert.deepEqual(signature, hex(expected));
    assert.equal(verify(identity.publicKey, message, signature), true);
  });

  it('refuses another message, key or signature', () => {
    assert.equal(verify(identity.publicKey, hex('af83'), signature), false);
    assert.equal(verify(identityFromSeed(new Uint8Array(32)).publicKey, message, signature), false);
    for (const index of [0, 31, 32, 63]) {
      const changed = signature.slice();
      changed[index]! ^= 1;
      assert.equal(verify(identity.publicKey, message, changed), false);
    }
  });

  it('refuses other lengths without throwing', () => {
    for (const length of [0, 31, 33, 64]) assert.equal(verify(new Uint8Array(length), message, signature), false);
    for (const length of [0, 63, 65]) assert.equal(verify(identity.publicKey, message, new Uint8Array(length)), false);
  });

  it('refuses the second form of S', () => {
    const s = fromLittleEndian(signature.subarray(32)) + order;
    const changed = Uint8Array.from([...signature.subarray(0, 32), ...littleEndian(s)]);
    assert.equal(verify(identity.publicKey, message, changed), false);
  });

  it('refuses keys of small order and keys not in shortest form', () => {
    // With R = S·B, a key that is the neutral element verifies anything, unless refused.
    const base = hex(`58${'66'.repeat(31)}`);
    const signatures = [
      Uint8Array.from([...base, ...littleEndian(1n)]),
      Uint8Array.from([...littleEndian(1n), ...littleEndian(0n)]),
    ];
    const orderEight = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a';
    const small = [0n, 1n, prime - 1n, prime, prime + 1n].map(littleEndian).concat(hex(orderEight));
    for (const key of [...small, ...small.map(withSign)]) {
      for (const forged of signatures) {
        for (let nonce = 0; nonce < 16; nonce += 1) assert.equal(verify(key, Uint8Array.of(nonce), forged), false);
      }
    }
    for (let above = 0n; above < 19n; above += 1n)
      assert.equal(verify(littleEndian(prime + above), message, signature), false);
  });

  it('is handed to the room as one value', () => {
    const crypto = createCrypto(identity);
    assert.deepEqual(crypto.sign(message), signature);
    assert.equal(crypto.verify(identity.publicKey, message, signature), true);
    assert.deepEqual(crypto.sha256(message), sha256(message));
  });
});
