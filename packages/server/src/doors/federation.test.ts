import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Dial, LinkClosed } from '@parley/link';
import { dial } from '@parley/link/websocket';
import { decodeServerFrame, encodeFrame, federationSubprotocol, type PeerView, type Reply } from '@parley/protocol';
import { identityIn } from '../identity.ts';
import { type Log, silentLog } from '../log.ts';
import { type RunningServer, startServer } from '../main.ts';

/** A log that tells when a message comes. */
function watchedLog() {
  const waiting = new Map<string, () => void>();
  const info = (_fields: object, msg: string): void => waiting.get(msg)?.();
  const log: Log = { ...silentLog, info };
  const says = (msg: string): Promise<void> => new Promise((resolve) => waiting.set(msg, resolve));
  return { log, says };
}

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-federation-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const start = (data: string, more: { peer?: string[]; port?: string; log?: Log; network?: string } = {}) => {
  const { log = silentLog, port = '0', network, ...flags } = more;
  const env = network === undefined ? {} : { PARLEY_NETWORK: network };
  return startServer({ flags: { host: '127.0.0.1', port, data, ...flags }, env, log });
};

/** What the owner of a server sees of others. */
async function peersOf(server: RunningServer, name: string): Promise<PeerView[]> {
  const link = await dial(`${server.url.replace('http', 'ws')}/ws`, { encoding: 'json' })();
  const frames = link.frames();
  let id = 0;
  const ask = async (request: string, payload: unknown): Promise<unknown> => {
    await link.send(encodeFrame('json', { id: ++id, request, payload }));
    for (;;) {
      const frame = decodeServerFrame('json', (await frames.next()).value!);
      if ('error' in frame) throw new Error(frame.error.message);
      if ('reply' in frame && frame.id === id) return frame.reply;
    }
  };
  await ask('session.hello', { versions: [1], client: 'test' });
  await ask('account.register', { name, password: 'correct horse', device: 'test' });
  await ask('account.claim', { secret: server.ownerLink?.split('=')[1] ?? '' });
  const { peers } = (await ask('peer.list', {})) as Reply<'peer.list'>;
  link.close('done');
  return peers;
}

test('two servers link over WebSockets, and again after one of them was away', async () => {
  await withFolder(async (folder) => {
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    const there = await start(b);
    const { log, says } = watchedLog();
    let linked = says('server linked');
    const here = await start(a, { peer: [there.url], log });
    let back: RunningServer | undefined;
    try {
      await linked;
      const [seen] = await peersOf(here, 'ada');
      assert.deepEqual([seen?.id, seen?.state, seen?.direction], [identityIn(b), 'connected', 'out']);
      assert.deepEqual(seen?.urls, [there.url]);
      const [other] = await peersOf(there, 'bob');
      assert.deepEqual([other?.id, other?.state, other?.direction], [identityIn(a), 'connected', 'in']);

      const over = says('server link over');
      await there.close();
      await over;
      linked = says('server linked');
      back = await start(b, { port: new URL(there.url).port });
      await linked;
    } finally {
      await here.close();
      await back?.close();
    }
  });
});

test('the door takes servers of its own subprotocol, and no pages', async () => {
  await withFolder(async (folder) => {
    const server = await start(folder);
    const url = server.url.replace('http', 'ws');
    const subprotocol = federationSubprotocol;
    const refused: Record<string, Dial> = {
      'a page': dial(`${url}/federation`, { encoding: 'cbor', subprotocol, headers: { Origin: server.url } }),
      'a client': dial(`${url}/federation`, { encoding: 'cbor' }),
      'a server at the door of clients': dial(`${url}/ws`, { encoding: 'cbor', subprotocol }),
    };
    try {
      for (const [what, dialled] of Object.entries(refused)) {
        await assert.rejects(dialled(), (error) => error instanceof LinkClosed && error.reason === 'refused', what);
      }
      const link = await dial(`${url}/federation`, { encoding: 'cbor', subprotocol })();
      await link.send(new Uint8Array(33));
      assert.equal(await link.closed, 'bad-frame');
      const large = await dial(`${url}/federation`, { encoding: 'cbor', subprotocol })();
      await large.send(new Uint8Array(65_536));
      assert.equal(await large.closed, 'too-large');
    } finally {
      await server.close();
    }
  });
});
