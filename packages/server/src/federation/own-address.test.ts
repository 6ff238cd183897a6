import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namedAddresses, type OwnAddressOptions, plainAddresses, seenAddress } from './own-address.ts';

const given = (more: Partial<OwnAddressOptions>): OwnAddressOptions => ({
  publicUrls: [],
  name: undefined,
  host: '127.0.0.1',
  url: 'http://127.0.0.1:8080',
  others: [],
  ...more,
});

test('a server says of itself the addresses that it was given, and no others', () => {
  const publicUrls = ['https://chat.example.org', 'https://[2001:db8::1]'];
  const all = given({ publicUrls, name: 'chat.example.org', host: '192.0.2.1', url: 'http://192.0.2.1:8080' });
  assert.deepEqual(plainAddresses(all), publicUrls);
  assert.deepEqual(namedAddresses(all), []);
});

test('a server on this machine alone is found by others on it, and by nobody else', () => {
  assert.deepEqual(plainAddresses(given({})), ['http://127.0.0.1:8080']);
  assert.deepEqual(plainAddresses(given({ others: ['http://localhost:8090'] })), ['http://127.0.0.1:8080']);
  assert.deepEqual(plainAddresses(given({ others: ['http://localhost:8090', 'https://directory.example'] })), []);
  assert.deepEqual(plainAddresses(given({ others: ['chat.example.org'] })), []);
  assert.deepEqual(plainAddresses(given({ name: 'chat.example.org' })), []);
});

test('a server that listens on one address is found there, on all of them nowhere', () => {
  const at = (host: string, url: string) => plainAddresses(given({ host, url, others: ['https://directory.example'] }));
  assert.deepEqual(at('192.0.2.1', 'http://192.0.2.1:8080'), ['http://192.0.2.1:8080']);
  assert.deepEqual(at('10.0.0.7', 'https://10.0.0.7:8443'), ['https://10.0.0.7:8443']);
  for (const host of ['0.0.0.0', '::', 'chat.example.org']) assert.deepEqual(at(host, 'http://0.0.0.0:8080'), [], host);
});

test('a name may lead to a proxy or to the port of the server itself', () => {
  const name = 'chat.example.org';
  assert.deepEqual(namedAddresses(given({ name })), ['https://chat.example.org', 'http://chat.example.org:8080']);
  const tls = given({ name, host: '0.0.0.0', url: 'https://0.0.0.0:443' });
  assert.deepEqual(namedAddresses(tls), ['https://chat.example.org']);
  assert.deepEqual(namedAddresses(given({ name: 'localhost' })), []);
  assert.deepEqual(namedAddresses(given({})), []);
});

test('a server that listens on all addresses may be where others see it', () => {
  const all = given({ host: '0.0.0.0', url: 'http://0.0.0.0:8080' });
  assert.equal(seenAddress(all, '192.0.2.1'), 'http://192.0.2.1:8080');
  assert.equal(seenAddress(given({ host: '::', url: 'https://[::]:443' }), '2001:db8::1'), 'https://[2001:db8::1]');
  assert.equal(seenAddress(all, 'somewhere'), undefined);
  assert.equal(seenAddress(given({}), '192.0.2.1'), undefined);
  assert.equal(seenAddress({ ...all, publicUrls: ['https://a.example'] }, '192.0.2.1'), undefined);
});
