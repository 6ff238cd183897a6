import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Link } from '@parley/link';
import { dial as dialTcp } from '@parley/link/tcp';
import { dial as dialWebSocket } from '@parley/link/websocket';
import { addressMatcher } from '../address.ts';
import { silentLog } from '../log.ts';
import { runtime } from '../runtime.ts';
import { StartError } from '../start-error.ts';
import type { Arrival } from './arrival.ts';
import { openHttpDoor } from './http.ts';
import { openTcpDoor } from './tcp.ts';
import { openWebSocketDoor } from './websocket.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Sends back the first frame that comes. */
async function echo(link: Link): Promise<void> {
  for await (const frame of link.frames()) await link.send(frame.slice());
}

interface Accepted {
  link: Link;
  arrival: Arrival;
}

interface WebSocketSite {
  accepted: Accepted[];
  dial(headers?: Record<string, string>): Promise<Link>;
}

async function withWebSockets(
  options: { host?: string; trusted?: string[] },
  run: (site: WebSocketSite) => Promise<void>,
): Promise<void> {
  const { host = '127.0.0.1', trusted = [] } = options;
  const accepted: Accepted[] = [];
  const sockets = openWebSocketDoor(
    { host, isTrustedProxy: addressMatcher(trusted), maxLinks: 10 },
    (link, arrival) => {
      accepted.push({ link, arrival });
      void echo(link).catch(() => {});
    },
  );
  const http = await openHttpDoor({
    host,
    port: 0,
    appFolder: '/nowhere/app',
    origins: [],
    maxConnections: 100,
    isReady: () => true,
    onUpgrade: sockets.onUpgrade,
    runtime,
    log: silentLog,
    drainMs: 5_000,
  });
  const url = `ws://127.0.0.1:${http.address.port}/ws`;
  try {
    await run({ accepted, dial: (headers = {}) => dialWebSocket(url, { encoding: 'cbor', headers })() });
  } finally {
    await Promise.all([http.close(), sockets.close()]);
  }
}

describe('the WebSocket door', () => {
  it('carries frames both ways and knows a local client', () =>
    withWebSockets({}, async ({ dial, accepted }) => {
      const link = await dial();
      await link.send(bytes('hello'));
      const { value } = await link.frames().next();
      assert.equal(Buffer.from(value ?? []).toString(), 'hello');
      const [{ link: server, arrival } = assert.fail()] = accepted;
      assert.equal(arrival.isLocal, true);
      assert.equal(server.peer.address, '127.0.0.1');
      link.close('done');
      assert.equal(await server.closed, 'done');
    }));

  it('takes no one for local whose Host or headers say otherwise', () =>
    withWebSockets({}, async ({ dial, accepted }) => {
      const cases: [Record<string, string>, boolean][] = [
        [{ host: 'localhost:80' }, true],
        [{ host: '[::1]:8080' }, true],
        [{ host: 'evil.example' }, false],
        [{ host: 'localhost.evil.example' }, false],
        [{ host: 'localhost', 'x-forwarded-for': '127.0.0.1' }, false],
        [{ host: 'localhost', forwarded: 'for=127.0.0.1' }, false],
      ];
      for (const [headers, isLocal] of cases) {
        (await dial(headers)).close('done');
        assert.equal(accepted.at(-1)?.arrival.isLocal, isLocal, JSON.stringify(headers));
      }
    }));

  it('takes no one for local on a listener that others reach', () =>
    withWebSockets({ host: '0.0.0.0' }, async ({ dial, accepted }) => {
      (await dial()).close('done');
      assert.equal(accepted[0]?.arrival.isLocal, false);
    }));

  it('believes forwarded addresses from trusted proxies alone', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9, 192.0.2.1' };
    await withWebSockets({}, async ({ dial, accepted }) => {
      (await dial(headers)).close('done');
      assert.equal(accepted[0]?.link.peer.address, '127.0.0.1');
    });
    await withWebSockets({ trusted: ['127.0.0.0/8'] }, async ({ dial, accepted }) => {
      (await dial(headers)).close('done');
      assert.equal(accepted[0]?.link.peer.address, '192.0.2.1');
    });
    await withWebSockets({ trusted: ['127.0.0.0/8', '192.0.2.0/24'] }, async ({ dial, accepted }) => {
      (await dial(headers)).close('done');
      assert.equal(accepted[0]?.link.peer.address, '203.0.113.9');
    });
  });

  it('refuses a page of another site', () =>
    withWebSockets({}, async ({ dial, accepted }) => {
      await assert.rejects(dial({ origin: 'https://evil.example' }));
      assert.equal(accepted.length, 0);
    }));
});

describe('the TCP door', () => {
  it('carries frames both ways and knows a local client', async () => {
    const accepted: Accepted[] = [];
    const door = await openTcpDoor({ host: '127.0.0.1', port: 0, maxLinks: 10 }, (link, arrival) => {
      accepted.push({ link, arrival });
      void echo(link).catch(() => {});
    });
    const link = await dialTcp(door.address)();
    await link.send(bytes('hello'));
    const { value } = await link.frames().next();
    assert.equal(Buffer.from(value ?? []).toString(), 'hello');
    assert.equal(accepted[0]?.arrival.isLocal, true);
    await assert.rejects(
      openTcpDoor({ ...door.address, maxLinks: 10 }, () => {}),
      StartError,
    );
    await door.close();
    assert.equal(await link.closed, 'going-away');
  });

  it('takes no one for local on a listener that others reach', async () => {
    const { promise, resolve } = Promise.withResolvers<Arrival>();
    const door = await openTcpDoor({ host: '0.0.0.0', port: 0, maxLinks: 10 }, (_link, arrival) => resolve(arrival));
    const link = await dialTcp({ host: '127.0.0.1', port: door.address.port })();
    assert.equal((await promise).isLocal, false);
    link.close('done');
    await door.close();
  });
});
