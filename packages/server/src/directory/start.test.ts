import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { LinkClosed } from '@parley/link';
import { dial } from '@parley/link/websocket';
import { directoryPath, directorySubprotocol } from '@parley/protocol';
import { silentLog } from '../log.ts';
import { StartError } from '../start-error.ts';
import type { ShownServer } from './pages.ts';
import { type DirectoryOptions, type RunningDirectory, startDirectory } from './start.ts';
import { Visitor } from './testing-directory.ts';

const now = { version: Date.now(), expiresAt: Date.now() + 86_400_000 };
const start = (flags: DirectoryOptions['flags'] = {}, pageDir?: string): Promise<RunningDirectory> =>
  startDirectory({ flags: { port: '0', network: 'test', ...flags }, log: silentLog, ...(pageDir && { pageDir }) });

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-directory-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The server-sent events of a page, one after another. */
async function* eventsOf(url: string, signal: AbortSignal): AsyncGenerator<{ event: string; data: unknown }> {
  const response = await fetch(`${url}/events`, { signal });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const each of events) {
      const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(each) ?? [];
      if (event) yield { event, data: JSON.parse(data) };
    }
  }
}

describe('the process of a directory', () => {
  test('relays servers over WebSockets, and shows them to pages as they come and go', async () => {
    const directory = await start();
    const stop = new AbortController();
    try {
      const ada = await Visitor.at(directory.url, 1);
      await ada.announce({ ...now, name: 'a.example', addresses: ['https://a.example'] });
      const events = eventsOf(directory.url, stop.signal);
      const next = async () => (await events.next()).value!;
      assert.equal(((await next()).data as { network: string }).network, 'test');
      const list = await next();
      assert.equal(list.event, 'servers');
      assert.deepEqual(
        (list.data as ShownServer[]).map(({ server, name, addresses, present }) => [server, name, addresses, present]),
        [[ada.id, 'a.example', ['https://a.example'], true]],
      );
      assert.equal((await next()).event, 'ready');
      const bob = await Visitor.at(directory.url, 2);
      await ada.request('watch', {});
      await bob.announce(now);
      assert.equal((await ada.next()).event, 'joined');
      assert.equal(((await next()).data as ShownServer).server, bob.id);
      await bob.leave();
      const left = await next();
      assert.deepEqual([left.event, (left.data as ShownServer).server], ['left', bob.id]);
    } finally {
      stop.abort();
      await directory.close();
    }
  });

  test('keeps what it knows in its folder, which is its own', async () => {
    await withFolder(async (folder) => {
      const data = join(folder, 'data');
      const first = await start({ data });
      await assert.rejects(start({ data }), (error) => error instanceof StartError && /running/.test(error.message));
      const ada = await Visitor.at(first.url, 1);
      await ada.announce(now);
      await first.close();
      const second = await start({ data, port: new URL(first.url).port });
      const bob = await Visitor.at(second.url, 2);
      const { entries } = await bob.request('list', { since: 0, limit: 10 });
      assert.equal(entries.length, 1);
      assert.equal(bob.book, ada.book);
      await second.close();
    });
  });

  test('says in one line what keeps it from starting', async () => {
    await withFolder(async (folder) => {
      const running = await start();
      const file = join(folder, 'file');
      await writeFile(file, '');
      const wrong: [DirectoryOptions['flags'], RegExp][] = [
        [{ port: new URL(running.url).port }, /cannot listen on 127\.0\.0\.1:\d+: something else listens there/],
        [{ port: '-1' }, /--port must be a whole number/],
        [{ host: 'not a host' }, /--host must be/],
        [{ network: 'A B' }, /--network must be/],
        [{ 'trusted-proxy': ['10.0.0.0/99'] }, /--trusted-proxy must be/],
        [{ 'tls-cert': file }, /go together/],
        [{ data: join(file, 'data') }, /cannot lock the data folder/],
      ];
      for (const [flags, line] of wrong)
        await assert.rejects(start(flags), (error) => {
          assert.ok(error instanceof StartError, String(error));
          assert.match(error.message, line);
          assert.ok(!error.message.includes('\n'));
          return true;
        });
      await running.close();
    });
  });

  test('serves its page with the headers of the app, and lets no page speak for a server', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'index.html'), '<!doctype html><title>network</title>');
      const directory = await start({}, folder);
      const page = await fetch(directory.url);
      assert.match(await page.text(), /network/);
      for (const answer of [page, await fetch(`${directory.url}/healthz`)]) {
        assert.equal(answer.status, 200);
        assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
      }
      assert.equal((await fetch(`${directory.url}/ws`)).status, 404);
      const url = `${directory.url.replace('http', 'ws')}${directoryPath}`;
      const headers = { Origin: directory.url };
      const refused = (error: unknown) => error instanceof LinkClosed && error.reason === 'refused';
      await assert.rejects(dial(url, { encoding: 'cbor', subprotocol: directorySubprotocol, headers })(), refused);
      await assert.rejects(dial(url, { encoding: 'cbor' })(), refused);
      await assert.rejects(
        dial(url.replace(directoryPath, '/ws'), { encoding: 'cbor', subprotocol: directorySubprotocol })(),
        refused,
      );
      await directory.close();
    });
  });
});
