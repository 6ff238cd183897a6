import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { fromPem, toPem } from './pem.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
const seed = Uint8Array.fromBase64(privateKey.export({ format: 'jwk' }).d ?? '', { alphabet: 'base64url' });

test('a key file is the one that the command line writes', () => {
  assert.deepEqual(fromPem(pem), seed);
  assert.equal(toPem(seed), pem);
  assert.ok(createPrivateKey(toPem(seed)).equals(privateKey));
  assert.deepEqual(fromPem(`some words before\n${pem.replaceAll('\n', '\r\n')}and after`), seed);
});

test('what holds no Ed25519 key is none', () => {
  const other = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const cut = pem.replace(/.{6}\n-----END/, '\n-----END');
  const { publicKey } = generateKeyPairSync('ed25519');
  const open = publicKey.export({ type: 'spki', format: 'pem' });
  for (const bad of ['', 'x', other, ec, cut, open, pem.replace('M', '!'), 'x'.repeat(20_000) + pem])
    assert.equal(fromPem(String(bad)), undefined);
});
