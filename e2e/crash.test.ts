import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '@parley/client';
import { dialUrl, nodeRuntime, openFileStore } from '@parley/client/node';
import type { RawEntry } from '@parley/protocol';
import { type PreparedServer, prepareServer, type ServerProcess } from './server.ts';

const runs = 50;
const people = 10;
const messagesEach = 8;

/** mulberry32: numbers from 0 to below 1 that one seed gives again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One server at a time, the next one loaded beforehand, and the people who use it. */
class World {
  readonly #folder: string;
  readonly clients: Client[] = [];
  room = '';
  /** Up to here the log was checked. */
  checked = 0;
  #server: ServerProcess | undefined;
  #next: Promise<PreparedServer> = prepareServer({ rateFactor: 1_000 });

  constructor(folder: string) {
    this.#folder = folder;
  }

  async startServer(): Promise<void> {
    const prepared = await this.#next;
    this.#server = await prepared.start(join(this.#folder, 'server'));
    this.#next = prepareServer({ rateFactor: 1_000 });
  }

  async killServer(): Promise<void> {
    await this.#server?.kill();
  }

  async open(person: number): Promise<Client> {
    const store = await openFileStore(join(this.#folder, `person-${person}`));
    const client = createClient({
      dial: (signal) => dialUrl(this.#server!.url)(signal),
      store,
      runtime: nodeRuntime,
      name: 'e2e/1',
      device: 'test',
    });
    this.clients[person] = client;
    return client;
  }

  async moveIn(): Promise<void> {
    for (let person = 0; person < people; person++) {
      const client = await this.open(person);
      await client.register({ name: `person-${person}`, password: 'correct horse battery' });
      if (person === 0) this.room = (await client.create({ alias: 'crash' })).id;
      else await client.join('#crash');
    }
  }

  /** Ends a client and opens its store again, as an application that is started anew. */
  async reopen(person: number): Promise<void> {
    await this.clients[person]!.close();
    void (await this.open(person)).start().catch(() => undefined);
  }

  /** Everything in the log that was not looked at yet. */
  async newEntries(): Promise<RawEntry[]> {
    const found: RawEntry[] = [];
    for (;;) {
      const asked = { room: this.room, after: this.checked, limit: 100, show: 'everything' } as const;
      const { entries, after } = await this.clients[0]!.request('history.page', asked);
      found.push(...entries);
      this.checked = entries.at(-1)?.seq ?? this.checked;
      if (!after) return found;
    }
  }

  async end(): Promise<void> {
    await this.killServer();
    await (await this.#next).kill();
    await Promise.all(this.clients.map((client) => client.close()));
  }
}

async function everythingSent(client: Client): Promise<void> {
  for await (const { state } of client.status.values()) {
    if (state === 'online') break;
    if (state === 'offline') client.reconnect();
  }
  for await (const rows of client.outbox.values()) {
    const failed = rows.find(({ state }) => state === 'failed');
    assert.equal(failed, undefined, `a message failed: ${failed?.code}`);
    if (rows.length === 0) return;
  }
}

/** Sends, kills the server after some acknowledgements, starts it again and holds the log against what was said. */
async function run(world: World, number: number, random: () => number): Promise<{ acked: number; open: number }> {
  const texts = Array.from({ length: people }, (_, person) =>
    Array.from({ length: messagesEach }, (_, i) => `${number}/${person}/${i}`),
  );
  const seqs = new Map<string, number>();
  const enough = Promise.withResolvers<void>();
  const wanted = Math.floor(random() * people * messagesEach);
  if (wanted === 0) enough.resolve();
  for (const [person, own] of texts.entries()) {
    const room = world.clients[person]!.room(world.room)!;
    for (const text of own)
      room.send(text).then(
        (sent) => {
          assert.notEqual(sent, 'queued');
          if (sent !== 'queued') seqs.set(text, sent.seq);
          if (seqs.size >= wanted) enough.resolve();
        },
        // The client was closed meanwhile: the message is in its store.
        () => undefined,
      );
  }
  await enough.promise;
  await sleep(random() * 4);
  await world.killServer();
  const acked = seqs.size;
  const restarted = Math.floor(random() * people);
  await world.startServer();
  if (random() < 0.5) await world.reopen(restarted);
  for (const client of world.clients) client.reconnect();
  await Promise.all(world.clients.map(everythingSent));
  const log = (await world.newEntries()).filter(({ kind }) => kind === 'message');
  const said = log.map(({ body }) => (body as { text: string }).text);
  assert.deepEqual(said.toSorted(), texts.flat().sort(), 'every message once, acknowledged or not');
  for (const [text, seq] of seqs)
    assert.equal(log.find((entry) => entry.seq === seq)?.body, log[said.indexOf(text)]?.body, `${text} at ${seq}`);
  for (const [person, own] of texts.entries())
    assert.deepEqual(
      said.filter((text) => text.startsWith(`${number}/${person}/`)),
      own,
      'in the order in which they were said',
    );
  return { acked, open: people * messagesEach - acked };
}

test(`a server that is killed ${runs} times while people send loses nothing and doubles nothing`, async (t) => {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  t.diagnostic(`SEED=${seed}`);
  const random = randomFrom(seed);
  const folder = await mkdtemp(join(tmpdir(), 'parley-crash-'));
  const world = new World(folder);
  let acked = 0;
  let open = 0;
  let number = 0;
  try {
    await world.startServer();
    await world.moveIn();
    await world.newEntries();
    for (; number < runs; number++) {
      const counts = await run(world, number, random);
      acked += counts.acked;
      open += counts.open;
    }
  } catch (error) {
    throw new Error(`SEED=${seed}, run ${number}`, { cause: error });
  } finally {
    await world.end();
    await rm(folder, { recursive: true, force: true });
  }
  t.diagnostic(`${acked} messages were acknowledged before a kill, ${open} were not`);
  assert.ok(acked > 0 && open > 0);
});
