// Known answers of Project Wycheproof: the odd cases where primitives have gone wrong elsewhere.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type Aead, aes256Gcm, chaCha20Poly1305 } from './aead.ts';
import { ed25519Verify } from './ed25519.ts';
import { E2eeError } from './error.ts';
import { sharedSecret, x25519 } from './x25519.ts';

interface Group {
  ivSize?: number;
  keySize?: number;
  tagSize?: number;
  publicKey?: { pk: string };
  tests: Case[];
}

type Case = { tcId: number; comment: string; result: 'valid' | 'invalid' | 'acceptable' } & Record<string, string>;

const folder = new URL('../../../../shared/vectors/wycheproof/', import.meta.url);
const skip = existsSync(folder) ? false : 'the vectors (../shared/vectors/wycheproof beside the repository) are absent';
const hex = Uint8Array.fromHex;

function groups(name: string): Group[] {
  return (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { testGroups: Group[] }).testGroups;
}

function refused(run: () => unknown, code: string, name: string): void {
  assert.throws(run, (error) => error instanceof E2eeError && error.code === code, name);
}

function holdAead(aead: Aead, applicable: readonly Group[]): number {
  const cases = applicable.flatMap(({ tests }) => tests);
  for (const { tcId, comment, result, key, iv, aad, msg, ct, tag } of cases) {
    const name = `${tcId}: ${comment}`;
    const open = () => aead.decrypt(hex(key!), hex(iv!), hex(aad!), hex(ct! + tag!));
    if (result === 'invalid') refused(open, 'bad-message', name);
    else {
      assert.equal(open().toHex(), msg, name);
      assert.equal(aead.encrypt(hex(key!), hex(iv!), hex(aad!), hex(msg!)).toHex(), ct! + tag!, name);
    }
  }
  return cases.length;
}

describe('Wycheproof', () => {
  test('X25519: 518 cases, where shared zeros are refused', { skip }, () => {
    const cases = groups('x25519_test.json').flatMap(({ tests }) => tests);
    let zeros = 0;
    for (const { tcId, comment, public: publicKey, private: secretKey, shared } of cases) {
      const name = `${tcId}: ${comment}`;
      const compute = () => sharedSecret(x25519, hex(secretKey!), hex(publicKey!));
      if (/^0+$/.test(shared!)) {
        zeros += 1;
        refused(compute, 'bad-key', name);
      } else assert.equal(compute().toHex(), shared, name);
    }
    assert.equal(cases.length, 518);
    assert.ok(zeros > 0);
  });

  test('ChaCha20-Poly1305: the 316 cases with a nonce of 96 bits', { skip }, () => {
    const applicable = groups('chacha20_poly1305_test.json').filter(({ ivSize }) => ivSize === 96);
    assert.equal(holdAead(chaCha20Poly1305, applicable), 316);
  });

  test('AES-256-GCM: the cases with a nonce of 96 and a tag of 128 bits', { skip }, () => {
    const applicable = groups('aes_gcm_test.json').filter(
      ({ ivSize, keySize, tagSize }) => ivSize === 96 && keySize === 256 && tagSize === 128,
    );
    assert.equal(holdAead(aes256Gcm, applicable), 66);
  });

  test('HKDF-SHA256: 86 cases', { skip }, () => {
    const cases = groups('hkdf_sha256_test.json').flatMap(({ tests }) => tests);
    for (const { tcId, comment, result, ikm, salt, info, size, okm } of cases) {
      const derive = () => hkdf(sha256, hex(ikm!), hex(salt!), hex(info!), Number(size));
      if (result === 'invalid') assert.throws(derive, `${tcId}: ${comment}`);
      else assert.equal(derive().toHex(), okm, `${tcId}: ${comment}`);
    }
    assert.equal(cases.length, 86);
  });

  test('Ed25519: 151 cases', { skip }, () => {
    let count = 0;
    for (const { publicKey, tests } of groups('ed25519_test.json')) {
      for (const { tcId, comment, result, msg, sig } of tests) {
        count += 1;
        const isValid = ed25519Verify(hex(publicKey!.pk), hex(msg!), hex(sig!));
        assert.equal(isValid, result === 'valid', `${tcId}: ${comment}`);
      }
    }
    assert.equal(count, 151);
  });
});
