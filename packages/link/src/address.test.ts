import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientAddress, plainAddress } from './address.ts';

const proxies = new Set(['10.0.0.1', '10.0.0.2', '::1']);
const isTrusted = (address: string): boolean => proxies.has(address);

test('shows an IPv4 address in its usual form', () => {
  assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(plainAddress('2001:db8::1'), '2001:db8::1');
  assert.equal(plainAddress('::ffff:0:0'), '::ffff:0:0');
});

test('believes only trusted proxies, from the nearest outwards', () => {
  assert.equal(clientAddress('192.0.2.1', '203.0.113.9', isTrusted), '192.0.2.1');
  assert.equal(clientAddress('10.0.0.1', undefined, isTrusted), '10.0.0.1');
  assert.equal(clientAddress('10.0.0.1', '203.0.113.9', isTrusted), '203.0.113.9');
  assert.equal(clientAddress('::ffff:10.0.0.1', '203.0.113.9, 10.0.0.2', isTrusted), '203.0.113.9');
  assert.equal(clientAddress('::1', '2001:db8::7', isTrusted), '2001:db8::7');
});

test('is not led on by words that a client put in front', () => {
  assert.equal(clientAddress('10.0.0.1', '10.0.0.2, 203.0.113.9', isTrusted), '203.0.113.9');
  assert.equal(clientAddress('10.0.0.1', '1.1.1.1, unknown', isTrusted), '10.0.0.1');
  assert.equal(clientAddress('10.0.0.1', '', isTrusted), '10.0.0.1');
});
