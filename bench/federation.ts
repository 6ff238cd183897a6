// Servers with each other: how long a message takes from one to the other, what a join costs, how a server catches up.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteInMemory } from '@parley/server';
import type { Benchmark, BenchmarkOptions, Report } from './benchmark.ts';
import { type Home, Homes } from './homes.ts';
import { startHomeserver } from './homeserver.ts';
import { Talk } from './talk.ts';

const samples = 1_000;
const members = 10_000;
const backlog = 10_000;
const crowd = 100;
const linkedMs = 10_000;

type Row = [what: string, figure: string];

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const mebi = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

/** Asks until a room of the other server is found: then the two are linked. */
async function untilLinked(talk: Talk, server: string): Promise<void> {
  const end = performance.now() + linkedMs;
  for (;;) {
    try {
      await talk.request('room.list', { server, limit: 1 });
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Two processes on this machine, each with its disk: from sending at one to the event at the other. */
async function latency(): Promise<Row[]> {
  const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'parley-bench-'))));
  const servers = await Promise.all(folders.map((folder) => startHomeserver(folder, 1_000_000)));
  try {
    const [one, two] = servers as [(typeof servers)[0], (typeof servers)[0]];
    const ada = await Talk.open(one.url);
    const bob = await Talk.open(two.url);
    for (const [talk, server] of [
      [ada, one],
      [bob, two],
    ] as const) {
      await talk.request('account.register', { name: 'owner', password: 'correct horse battery', device: 'bench' });
      await talk.request('account.claim', { secret: server.ownerSecret });
    }
    const { sync } = await ada.request('room.create', { alias: 'ops', clientId: 'c' });
    const peer = await bob.request('peer.connect', { url: one.url });
    await bob.request('sync.start', { rooms: {} });
    await untilLinked(bob, peer.id!);
    const room = sync.room.id;
    await bob.request('room.join', { room, clientId: 'j', server: peer.id! });
    const there: number[] = [];
    const back: number[] = [];
    await ada.request('sync.start', { rooms: {} });
    for (let i = 0; i < samples; i++) {
      there.push(await hop(ada, bob, room, `a${i}`));
      back.push(await hop(bob, ada, room, `b${i}`));
    }
    for (const times of [there, back]) times.sort((a, b) => a - b);
    ada.close();
    bob.close();
    return [
      ['message to a member on another server, p50', ms(at(there, 0.5))],
      ['the same, p99', ms(at(there, 0.99))],
      ['message from there to the clerk’s server, p50', ms(at(back, 0.5))],
      ['the same, p99', ms(at(back, 0.99))],
    ];
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

async function hop(from: Talk, to: Talk, room: string, clientId: string): Promise<number> {
  const start = performance.now();
  const heard = to.next(({ event, payload }) => event === 'entry.appended' && payload.clientId === clientId);
  await from.request('message.send', { room, clientId, body: { text: 'how long does this take?' } });
  await heard;
  return performance.now() - start;
}

/** A room of many members, entered by somebody on another server. */
async function largeJoin(): Promise<Row[]> {
  const homes = new Homes();
  const one = await homes.home(1, []);
  const ada = await one.account('ada');
  const { sync } = await ada.request('room.create', { alias: 'town', clientId: 'c' });
  const room = sync.room.id;
  for (let i = 1; i < members; i++) {
    const member = await one.account(`member-${i}`);
    await member.request('room.join', { room, clientId: 'j' });
    member.close();
  }
  const two = await homes.home(2, ['s1']);
  const bob = await two.account('bob');
  await untilLinked(bob, one.id);
  const before = homes.carried;
  const start = performance.now();
  const joined = await bob.request('room.join', { room, clientId: 'j', server: one.id });
  const tookMs = performance.now() - start;
  const carried = homes.carried - before;
  if (joined.sync.room.members !== members + 1) throw new Error('not all members came along');
  await stopAll([one, two]);
  return [
    [`join of a room of ${members.toLocaleString('en')} members`, ms(tookMs)],
    ['bytes between the servers for it', mebi(carried)],
  ];
}

/** A server that was away while much was said. */
async function catchUp(): Promise<Row[]> {
  const homes = new Homes();
  const one = await homes.home(1, []);
  const two = await homes.home(2, ['s1']);
  const ada = await one.account('ada');
  const bob = await two.account('bob');
  await untilLinked(bob, one.id);
  const { sync } = await ada.request('room.create', { alias: 'ops', clientId: 'c' });
  const room = sync.room.id;
  await bob.request('room.join', { room, clientId: 'j', server: one.id });
  const image = two.db.image();
  await two.stop();
  const text = 'x'.repeat(100);
  for (let i = 0; i < backlog; i++) await ada.request('message.send', { room, clientId: `m${i}`, body: { text } });
  const { head } = (await ada.request('room.get', { room })).room;
  const rss = process.memoryUsage.rss();
  const start = performance.now();
  const again = await homes.home(2, ['s1'], openSqliteInMemory(image));
  const reader = await again.talk();
  await reader.request('session.resume', { token: bob.token });
  let firstMs = 0;
  for (;;) {
    const { seq } = (await reader.request('room.get', { room })).room.head;
    if (firstMs === 0 && seq > head.seq - backlog) firstMs = performance.now() - start;
    if (seq === head.seq) break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const allMs = performance.now() - start;
  const grown = process.memoryUsage.rss() - rss;
  await stopAll([one, again]);
  return [
    [`a server that returns to ${backlog.toLocaleString('en')} waiting entries has the first after`, ms(firstMs)],
    ['and all after', ms(allMs)],
    ['growth of the process that holds both meanwhile', mebi(Math.max(0, grown))],
  ];
}

/** Many servers whose people join one room at the same time. */
async function crowded(): Promise<Row[]> {
  const homes = new Homes();
  const one = await homes.home(1, []);
  const ada = await one.account('ada');
  const { sync } = await ada.request('room.create', { alias: 'square', clientId: 'c' });
  const room = sync.room.id;
  const others: Home[] = [];
  for (let i = 2; i <= crowd; i++) others.push(await homes.home(i, ['s1']));
  const people = await Promise.all(others.map((home) => home.account('someone')));
  for (const talk of people) await untilLinked(talk, one.id);
  const start = performance.now();
  await Promise.all(people.map((talk) => talk.request('room.join', { room, clientId: 'j', server: one.id })));
  const joinedMs = performance.now() - start;
  const count = async (talk: Talk): Promise<number> => (await talk.request('room.get', { room })).room.members;
  while ((await Promise.all(people.map(count))).some((members) => members !== crowd))
    await new Promise((resolve) => setTimeout(resolve, 10));
  const convergedMs = performance.now() - start;
  await stopAll([one, ...others]);
  return [
    [`${crowd} servers in one process join one room, all answered`, ms(joinedMs)],
    ['until all know of all', ms(convergedMs)],
  ];
}

async function stopAll(homes: readonly Home[]): Promise<void> {
  for (const home of homes) await home.stop();
}

async function run(_options: BenchmarkOptions): Promise<Report> {
  const rows = [...(await latency()), ...(await largeJoin()), ...(await catchUp()), ...(await crowded())];
  return {
    notes: [
      `federation: ${samples} messages each way between two processes on this machine, each on SQLite (WAL, synchronous=FULL)`,
      'joins and catching up in one process, over links and databases in memory',
    ],
    columns: ['what', 'figure'],
    rows,
    data: rows,
  };
}

export const federation: Benchmark = { about: 'servers with each other: latency, joins, catching up', run };
