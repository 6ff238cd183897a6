import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import { noBytes } from '../bytes.ts';
import { E2eeError, type E2eeErrorCode } from '../error.ts';
import { ciphers } from './cipher.ts';
import { CipherState } from './cipher-state.ts';

const ad = Uint8Array.of(1, 2, 3);
const plaintext = Uint8Array.of(4, 5, 6);
const key = () => new Uint8Array(32).fill(7);
const state = () => new CipherState(ciphers.ChaChaPoly, key());

function refused(run: () => unknown, code: E2eeErrorCode): void {
  assert.throws(run, (error) => error instanceof E2eeError && error.code === code);
}

/** What OpenSSL makes of it, without the tag. */
function independent(key: Uint8Array, nonce: string, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv('chacha20-poly1305', key, Uint8Array.fromHex(nonce), { authTagLength: 16 });
  return new Uint8Array(cipher.update(plaintext));
}

test('a failed message leaves the nonce, so that the right one still opens', () => {
  const [send, receive] = [state(), state()];
  const message = send.encryptWithAd(ad, plaintext);
  refused(() => receive.decryptWithAd(noBytes, message), 'bad-message');
  refused(() => receive.decryptWithAd(ad, message.subarray(1)), 'bad-message');
  for (let length = 0; length < 16; length += 1)
    refused(() => receive.decryptWithAd(ad, message.subarray(0, length)), 'bad-message');
  assert.equal(receive.nonce, 0n);
  assert.deepEqual(receive.decryptWithAd(ad, message), plaintext);
  assert.equal(receive.nonce, 1n);
});

test('the last nonce is never used, and nothing follows it', () => {
  const [send, receive] = [state(), state()];
  for (const each of [send, receive]) each.setNonce(2n ** 64n - 2n);
  assert.deepEqual(receive.decryptWithAd(ad, send.encryptWithAd(ad, plaintext)), plaintext);
  refused(() => send.encryptWithAd(ad, plaintext), 'exhausted');
  refused(() => receive.decryptWithAd(ad, new Uint8Array(16)), 'exhausted');
  refused(() => send.encryptWithAd(ad, plaintext), 'exhausted');
});

test('a nonce has 64 bits, in the cipher’s own byte order', () => {
  const sent = state();
  sent.setNonce(0x0102030405060708n);
  const expected = independent(key(), '000000000807060504030201', plaintext);
  assert.deepEqual(sent.encryptWithAd(noBytes, plaintext).subarray(0, 3), expected);
  for (const nonce of [-1n, 2n ** 64n]) assert.throws(() => sent.setNonce(nonce), RangeError);
});

test('messages may come in any order when their nonce is set', () => {
  const [send, receive] = [state(), state()];
  const messages = [0, 1, 2].map(() => send.encryptWithAd(ad, plaintext));
  for (const nonce of [2, 0, 1]) {
    receive.setNonce(BigInt(nonce));
    assert.deepEqual(receive.decryptWithAd(ad, messages[nonce]!), plaintext);
  }
});

test('a new key is what the old one makes of zeros under the last nonce, and the nonce goes on', () => {
  const [send, receive] = [state(), state()];
  receive.decryptWithAd(ad, send.encryptWithAd(ad, plaintext));
  send.rekey();
  assert.equal(send.nonce, 1n);
  const next = independent(key(), '00000000ffffffffffffffff', new Uint8Array(32));
  const message = send.encryptWithAd(noBytes, plaintext);
  assert.deepEqual(message.subarray(0, 3), independent(next, '000000000100000000000000', plaintext));
  refused(() => receive.decryptWithAd(noBytes, message), 'bad-message');
  receive.rekey();
  assert.deepEqual(receive.decryptWithAd(noBytes, message), plaintext);
});

test('a message has 65,535 bytes at most', () => {
  const [send, receive] = [state(), state()];
  const largest = new Uint8Array(65_519);
  refused(() => send.encryptWithAd(ad, new Uint8Array(65_520)), 'too-large');
  assert.deepEqual(receive.decryptWithAd(ad, send.encryptWithAd(ad, largest)), largest);
  refused(() => receive.decryptWithAd(ad, new Uint8Array(65_536)), 'too-large');
});

test('the end wipes the key, and every call after it is refused', () => {
  const own = key();
  const over = new CipherState(ciphers.AESGCM, own);
  over.end();
  assert.deepEqual(own, new Uint8Array(32));
  refused(() => over.encryptWithAd(ad, plaintext), 'ended');
  refused(() => over.decryptWithAd(ad, plaintext), 'ended');
  refused(() => over.rekey(), 'ended');
});
