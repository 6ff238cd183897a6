/** Real talk whose authors are spread over three servers, while the links between them fail. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TestClient } from '../testing.ts';
import { TestHomes } from './testing-homes.ts';

const folder = fileURLToPath(new URL('../../../../../shared/data/irc/', import.meta.url));
const skip = existsSync(folder) ? false : 'the IRC corpus (../shared/data/irc beside the repository) is absent';
const lineCount = 1_000;
/** So many that no server waits for company before it writes to their connections. */
const authorCount = 54;

interface Said {
  author: string;
  text: string;
}

/** The first lines that are words of some people. */
function readTalk(): Said[] {
  const talk: Said[] = [];
  const authors = new Set<string>();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.raw.txt')) continue;
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      const [, author, text] = /^\[\d\d:\d\d\] <([^>]+)> (.+)$/.exec(line) ?? [];
      if (!author || !text || (authors.size === authorCount && !authors.has(author))) continue;
      authors.add(author);
      talk.push({ author, text: text.slice(0, 2_000) });
      if (talk.length === lineCount) return talk;
    }
  }
  return talk;
}

test('real talk of three servers is one log on all of them, each author in their order, while links fail', {
  skip,
}, async () => {
  const talk = readTalk();
  assert.equal(talk.length, lineCount);
  await using homes = new TestHomes();
  const all = [await homes.home(1), await homes.home(2, [1]), await homes.home(3, [1, 2])];
  const [ada] = await Promise.all([all[0]!.server.account('ada')]);
  const room = await ada.createRoom('ubuntu');
  const authors = new Map<string, TestClient>();
  for (const author of new Set(talk.map((said) => said.author))) {
    const home = all[authors.size % 3]!;
    const client = await home.server.account(`author-${authors.size}`);
    const via = home === all[0] ? {} : { server: all[0]!.id };
    await client.request('room.join', { room, clientId: 'join', ...via });
    authors.set(author, client);
  }
  const wanted = new Map<string, string[]>();
  for (const [i, { author, text }] of talk.entries()) {
    // A link fails, and comes back; never all at once for long.
    if (i % 150 === 50) homes.cut.add(i % 300 === 50 ? 's2>s1' : 's3>s1').add(i % 300 === 50 ? 's1>s2' : 's1>s3');
    if (i % 150 === 100) {
      homes.cut.clear();
      await homes.advance(60_000, 5_000);
    }
    const client = authors.get(author)!;
    const reply = await client.request('message.send', { room, clientId: `line-${i}`, body: { text } });
    assert.ok(reply.outcome === 'entry' || reply.outcome === 'queued');
    wanted.set(client.user, [...(wanted.get(client.user) ?? []), text]);
  }
  homes.cut.clear();
  await homes.advance(400_000, 5_000);

  const logs = await Promise.all(all.map((home) => logOf(home.db, room)));
  assert.ok(logs[0]!.length > lineCount);
  assert.deepEqual(logs[1]!.at(-1), logs[0]!.at(-1));
  assert.deepEqual(logs[2]!.at(-1), logs[0]!.at(-1));
  // Servers hold the log from their coming on, and what they hold is the same, byte for byte.
  for (const log of logs.slice(1)) assert.deepEqual(log, logs[0]!.slice(-log.length));

  const said = new Map<string, string[]>();
  let before: number | undefined;
  for (;;) {
    const page = await ada.request('history.page', { room, limit: 100, show: 'rows', ...(before ? { before } : {}) });
    for (const entry of page.entries.toReversed())
      if (entry.kind === 'message')
        said.set(entry.user, [(entry.body as { text: string }).text, ...(said.get(entry.user) ?? [])]);
    if (!page.before) break;
    before = page.from;
  }
  assert.deepEqual(said, new Map([...said.keys()].map((user) => [user, wanted.get(user)])));
  assert.equal(said.size, wanted.size);
});

async function logOf(
  db: { all: (sql: string, args: (string | number)[]) => Promise<Record<string, unknown>[]> },
  room: string,
) {
  const rows = await db.all(
    'SELECT entry.seq AS seq, entry.header AS header FROM entry JOIN room ON room.n = entry.room WHERE room.id = ? ORDER BY entry.seq',
    [room],
  );
  return rows.map(({ seq, header }) => `${seq} ${Buffer.from(header as Uint8Array).toString('base64')}`);
}
