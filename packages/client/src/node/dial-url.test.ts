import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Link } from '@parley/link';
import { listen as listenTcp } from '@parley/link/tcp';
import { listen } from '@parley/link/websocket';
import { dialUrl, webSocketAddress } from './dial-url.ts';

test('addresses of people become addresses of links', () => {
  const cases: [string, string][] = [
    ['http://localhost:8080', 'ws://localhost:8080/ws'],
    ['http://localhost:8080/', 'ws://localhost:8080/ws'],
    ['https://example.org/chat/', 'wss://example.org/chat/ws'],
    ['ws://localhost:1', 'ws://localhost:1/ws'],
    ['wss://example.org/ws', 'wss://example.org/ws'],
    ['wss://example.org/other', 'wss://example.org/other'],
  ];
  for (const [typed, expected] of cases) assert.equal(webSocketAddress(new URL(typed)), expected);
  for (const bad of ['ftp://x', 'tcp://host', 'nonsense']) assert.throws(() => dialUrl(bad), TypeError);
});

test('reaches a WebSocket and a TCP door', async () => {
  const links: Link[] = [];
  const web = await listen({ port: 0, host: '127.0.0.1' }, (link) => links.push(link));
  const tcp = await listenTcp({ port: 0, host: '127.0.0.1' }, (link) => links.push(link));
  for (const url of [`http://127.0.0.1:${web.address.port}`, `tcp://127.0.0.1:${tcp.address.port}`]) {
    const link = await dialUrl(url)();
    await link.send(new TextEncoder().encode('{}'));
    const { value } = await (links.at(-1) as Link).frames().next();
    assert.equal(new TextDecoder().decode(value), '{}');
    link.close('done');
  }
  await web.close();
  await tcp.close();
});
