import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addressMatcher,
  hostName,
  isForwarded,
  isLoopback,
  isOriginAllowed,
  limitedAddress,
  plainAddress,
} from './address.ts';
import { StartError } from './start-error.ts';

describe('addresses', () => {
  it('are written in one way', () => {
    assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1');
    assert.equal(plainAddress('::FFFF:192.0.2.1'), '192.0.2.1');
    assert.equal(plainAddress('fe80::1%eth0'), 'fe80::1');
    assert.equal(plainAddress('2001:db8::1'), '2001:db8::1');
  });

  it('are loopback or not', () => {
    for (const host of [
      '127.0.0.1',
      '127.8.9.1',
      '::1',
      '[::1]',
      '::ffff:127.0.0.1',
      'localhost',
      'LOCALHOST',
      'a.localhost',
    ]) {
      assert.equal(isLoopback(host), true, host);
    }
    const others = [
      '0.0.0.0',
      '::',
      '128.0.0.1',
      '192.168.0.1',
      '',
      'localhost.example.org',
      'mylocalhost',
      '127.0.0.1.example.org',
    ];
    for (const host of others) assert.equal(isLoopback(host), false, host);
  });

  it('match networks and single addresses of both families', () => {
    const isTrusted = addressMatcher(['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '2001:db8::5/128']);
    for (const address of ['10.255.0.1', '::ffff:10.1.1.1', '192.0.2.7', 'fd12::1', '2001:db8::5']) {
      assert.equal(isTrusted(address), true, address);
    }
    for (const address of ['11.0.0.1', '192.0.2.8', 'fe80::1', '2001:db8::6', '', 'nonsense', '10.0.0.1, 1.2.3.4']) {
      assert.equal(isTrusted(address), false, address);
    }
    assert.equal(addressMatcher([])('10.0.0.1'), false);
  });

  it('of networks that are none are refused', () => {
    for (const bad of [
      '',
      '10.0.0.0/33',
      '::/129',
      '10.0.0/8',
      'localhost',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      '10.0.0.0/-1',
      '10.0.0.0/x',
    ]) {
      assert.throws(() => addressMatcher([bad]), StartError, bad);
    }
  });

  it('are limited as IPv4 hosts and IPv6 networks', () => {
    assert.equal(limitedAddress('192.0.2.1'), '192.0.2.1');
    assert.equal(limitedAddress('::ffff:192.0.2.1'), '192.0.2.1');
    for (const address of [
      '2001:db8:1:2::1',
      '2001:db8:1:2:ffff:ffff:ffff:ffff',
      '2001:0db8:0001:0002::',
      '2001:DB8:1:2:0::9',
    ]) {
      assert.equal(limitedAddress(address), '2001:db8:1:2::/64', address);
    }
    assert.equal(limitedAddress('::1'), '0:0:0:0::/64');
    assert.equal(limitedAddress('2001:db8::1'), '2001:db8:0:0::/64');
    assert.equal(limitedAddress('64:ff9b::192.0.2.1'), '64:ff9b:0:0::/64');
  });
});

describe('a request', () => {
  it('names its host', () => {
    assert.equal(hostName('Chat.example.org:8080'), 'chat.example.org');
    assert.equal(hostName('[::1]:80'), '[::1]');
    for (const bad of [undefined, '', 'a b', 'a:b', 'a@b', 'a/b', '[::1', 'a:1:2'])
      assert.equal(hostName(bad), undefined);
  });

  it('tells when it was forwarded', () => {
    assert.equal(isForwarded({ headers: { host: 'a' } }), false);
    assert.equal(isForwarded({ headers: { 'x-forwarded-for': '' } }), true);
    assert.equal(isForwarded({ headers: { forwarded: 'for=1.2.3.4' } }), true);
  });

  it('is allowed from a page of the same host, a listed page or no page', () => {
    const from = (origin: string | undefined, host: string, origins: string[] = []): boolean =>
      isOriginAllowed({ headers: { ...(origin === undefined ? {} : { origin }), host } }, origins);
    assert.equal(from(undefined, 'chat.example.org'), true);
    assert.equal(from('https://chat.example.org', 'chat.example.org'), true);
    assert.equal(from('https://chat.example.org', 'Chat.Example.org:443'), true);
    assert.equal(from('http://localhost:8080', 'localhost:8080'), true);
    assert.equal(from('http://[::1]:8080', '[::1]:8080'), true);
    assert.equal(from('https://app.example.net', 'chat.example.org', ['https://app.example.net']), true);
    for (const origin of [
      'https://evil.example',
      'https://chat.example.org.evil.example',
      'http://localhost:8081',
      'https://chat.example.org@evil.example',
      'null',
      '',
      'file://',
      'chrome-extension://chat.example.org',
      'https://',
    ]) {
      assert.equal(from(origin, 'chat.example.org', ['https://app.example.net']), false, origin);
    }
    assert.equal(isOriginAllowed({ headers: { origin: 'https://chat.example.org' } }, []), false);
  });
});
