// A long room as somebody meets it who opens the app: the newest page, paging back, jumping to a date, coming in.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, BenchmarkOptions, Report } from './benchmark.ts';
import { type RunningHomeserver, startHomeserver } from './homeserver.ts';
import { fillRoom, firstAt, lineMs, password } from './long-room.ts';
import { Talk } from './talk.ts';

const samples = 100;
const newcomers = 10;
const pageRows = 50;

interface Figure {
  what: string;
  entries: number;
  /** ms, ascending */
  times: number[];
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

async function sampled(count: number, run: (i: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(await timed(() => run(i)));
  return times.sort((a, b) => a - b);
}

/** The same places in every run, spread over the whole log. */
const place = (i: number, entries: number) => 1 + ((i * 7_919 + 104_729) % entries);

async function readPages(url: string, token: string, room: string, entries: number): Promise<Figure[]> {
  const talk = await Talk.open(url);
  await talk.request('session.resume', { token });
  const asking = { room, limit: pageRows, show: 'rows' } as const;
  const page = async (where: { before?: number; around?: number; at?: number }) => {
    const { entries: found } = await talk.request('history.page', { ...asking, ...where });
    if (found.length === 0) throw new Error(`an empty page at ${JSON.stringify(where)}`);
  };
  const figures: Figure[] = [];
  const measure = async (what: string, count: number, run: (i: number) => Promise<unknown>) => {
    figures.push({ what, entries, times: await sampled(count, run) });
  };
  await measure('newest page, first after the start', 1, () => page({}));
  await measure('newest page', samples, () => page({}));
  await measure('page before', samples, (i) => page({ before: place(i, entries) + pageRows }));
  await measure('around a message', samples, (i) => page({ around: place(i, entries) }));
  await measure('jump to a date', samples, (i) => page({ at: firstAt + place(i, entries) * lineMs }));
  await measure('send and have it on disk', samples, (i) =>
    talk.request('message.send', { room, clientId: `send-${i}`, body: { text: 'one more' } }),
  );
  talk.close();
  return figures;
}

async function comeIn(url: string, room: string, entries: number): Promise<Figure[]> {
  const joins: number[] = [];
  const syncs: number[] = [];
  for (let i = 0; i < newcomers; i++) {
    const talk = await Talk.open(url);
    await talk.request('account.register', { name: `newcomer-${i}`, password, device: 'bench' });
    joins.push(await timed(() => talk.request('room.join', { room, clientId: 'join' })));
    syncs.push(await timed(() => talk.request('sync.start', { rooms: {} })));
    talk.close();
  }
  const figure = (what: string, times: number[]) => ({ what, entries, times: times.sort((a, b) => a - b) });
  return [figure('join', joins), figure('sync from nothing', syncs)];
}

async function restart(folder: string, entries: number): Promise<{ server: RunningHomeserver; figures: Figure[] }> {
  const start = performance.now();
  const server = await startHomeserver(folder, 1_000_000);
  (await Talk.open(server.url)).close();
  const untilAnswer = performance.now() - start;
  const figures = [
    { what: 'start of the server', entries, times: [server.startMs] },
    { what: 'start of the process to its first answer', entries, times: [untilAnswer] },
  ];
  return { server, figures };
}

async function measureLength(entries: number): Promise<{ figures: Figure[]; note: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const servers: RunningHomeserver[] = [];
  try {
    const first = await startHomeserver(folder, 1_000_000);
    servers.push(first);
    const start = performance.now();
    const { room, token } = await fillRoom(first, entries);
    const rate = Math.round((entries / (performance.now() - start)) * 1000);
    await servers.pop()!.stop();
    const { size } = await stat(join(folder, 'parley.sqlite'));
    const { server, figures } = await restart(folder, entries);
    servers.push(server);
    figures.push(...(await readPages(server.url, token, room, entries)));
    figures.push(...(await comeIn(server.url, room, entries)));
    const note = `${entries} entries: imported at ${rate}/s, ${(size / 2 ** 20).toFixed(0)} MiB, server RSS ${((await server.rssBytes()) / 2 ** 20).toFixed(0)} MiB`;
    return { figures, note };
  } finally {
    for (const server of servers) await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const quantile = (times: number[], share: number) => times[Math.ceil(times.length * share) - 1] ?? Number.NaN;

async function run({ entries }: BenchmarkOptions): Promise<Report> {
  const notes = [
    `one room, read over a WebSocket by a client that waits for each reply; pages of ${pageRows} rows with edits and reactions`,
    `${samples} samples spread over the log, one server process`,
  ];
  const figures: Figure[] = [];
  for (const length of entries.length > 0 ? entries : [220_000]) {
    const measured = await measureLength(length);
    notes.push(measured.note);
    figures.push(...measured.figures);
  }
  const rows = figures.map(({ what, entries: length, times }) => [
    what,
    String(length),
    String(times.length),
    ...[quantile(times, 0.5), quantile(times, 0.99), times.at(-1)!].map((ms) => ms.toFixed(1)),
  ]);
  return { notes, columns: ['what', 'entries', 'samples', 'p50 ms', 'p99 ms', 'max ms'], rows, data: figures };
}

export const history: Benchmark = { about: 'reading, joining and starting up with a long room', run };
