// What honest people notice while somebody attacks: the same ten talk for a while in quiet, then under attack. The server
// has the limits that every server has; the attacker comes from an address of its own.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AttackOrder, AttackReport } from './attack-process.ts';
import type { Benchmark, BenchmarkOptions, Report } from './benchmark.ts';
import { Connection, scratch } from './connection.ts';
import { type RunningHomeserver, startHomeserver } from './homeserver.ts';
import { Latencies } from './latencies.ts';
import { Talk } from './talk.ts';
import type { Adapter } from './target.ts';
import { parleyProduct } from './targets/parley-product.ts';
import { sentAtUs, textWriter } from './text.ts';

const people = 10;
const everyMs = 500;
const warmUpMessages = 40;
const bytes = 100;
const attacker = '127.0.0.66';
const password = 'correct horse battery';
const maxTimes = 2;
const maxGrowthBytes = 64 * 2 ** 20;

interface Phase {
  p50Ms: number;
  p99Ms: number;
  deliveries: number;
  lost: number;
  rssBytes: number;
}

/** Ten who are signed in, follow one room, and each say something twice a second. */
class Honest {
  readonly room: string;
  readonly #adapter: Adapter;
  readonly #connections: Connection[] = [];
  readonly #memory = scratch();
  readonly #write = textWriter(bytes);
  #sent = 0;
  #heard = 0;
  #latencies = new Latencies();

  private constructor(room: string, tokens: readonly string[]) {
    this.room = room;
    this.#adapter = parleyProduct.adapter({ room, sender: '', readers: [...tokens] });
  }

  static async signUp({ url, port }: RunningHomeserver): Promise<Honest> {
    let room = '';
    const tokens: string[] = [];
    for (let i = 0; i < people; i++) {
      const talk = await Talk.open(url);
      const account = { name: `person-${i}`, password, device: 'bench' };
      tokens.push((await talk.request('account.register', account)).token);
      if (i === 0) room = (await talk.request('room.create', { alias: 'honest', clientId: 'create' })).sync.room.id;
      else await talk.request('room.join', { room, clientId: 'join' });
      talk.close();
    }
    const honest = new Honest(room, tokens);
    for (let index = 0; index < people; index++) await honest.#enter(port, index);
    return honest;
  }

  async #enter(port: number, index: number): Promise<void> {
    const connection = await Connection.open(port, this.#adapter.wire(), this.#memory);
    await this.#adapter.join(connection, { kind: 'reader', index });
    let current: Buffer;
    const heard = (textAt: number) => {
      this.#heard++;
      this.#latencies.record(this.#memory.nowUs - sentAtUs(current, textAt));
    };
    connection.flow((buffer, start, end) => {
      current = buffer;
      this.#adapter.read(connection, buffer, start, end, heard);
    });
    this.#connections.push(connection);
  }

  /** Brings the server to the size that it has at work: everybody says forty things at once. */
  async warmUp(): Promise<void> {
    const expected = this.#heard + people * people * warmUpMessages;
    for (const connection of this.#connections) {
      const payloads = Array.from({ length: warmUpMessages }, () => {
        const text = this.#write(performance.now() * 1000, ++this.#sent);
        return this.#adapter.encode(text, this.#sent);
      });
      connection.sendAll(payloads);
    }
    while (this.#heard < expected) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async talk(durationMs: number, server: RunningHomeserver): Promise<Phase> {
    this.#latencies = new Latencies();
    this.#heard = 0;
    const before = this.#sent;
    let rssBytes = 0;
    const until = performance.now() + durationMs;
    for (let turn = 0; performance.now() < until; turn++) {
      const text = this.#write(performance.now() * 1000, ++this.#sent);
      this.#connections[turn % people]!.send(this.#adapter.encode(text, this.#sent));
      if (turn % people === 0) rssBytes = Math.max(rssBytes, await server.rssBytes());
      await new Promise((resolve) => setTimeout(resolve, everyMs / people));
    }
    const expected = (this.#sent - before) * people;
    const drain = performance.now() + 5_000;
    while (this.#heard < expected && performance.now() < drain) await new Promise((resolve) => setTimeout(resolve, 10));
    const [p50Ms, p99Ms] = [this.#latencies.quantileMs(0.5), this.#latencies.quantileMs(0.99)];
    return { p50Ms, p99Ms, deliveries: this.#heard, lost: expected - this.#heard, rssBytes };
  }

  leave(): void {
    for (const connection of this.#connections) connection.close();
  }
}

function startAttack(order: AttackOrder): { child: ChildProcess; stop: () => Promise<AttackReport> } {
  const child = fork(fileURLToPath(new URL('./attack-process.ts', import.meta.url)), [], { execArgv: [] });
  const report = once(child, 'message') as Promise<[AttackReport]>;
  child.send(order);
  return {
    child,
    async stop() {
      child.send('stop');
      return (await report)[0];
    },
  };
}

async function run({ seconds }: BenchmarkOptions): Promise<Report> {
  const durationMs = seconds * 5_000;
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const server = await startHomeserver(folder);
  try {
    const honest = await Honest.signUp(server);
    await honest.warmUp();
    await honest.talk(durationMs / 5, server);
    const quiet = await honest.talk(durationMs, server);
    const attack = startAttack({ port: server.port, room: honest.room, from: attacker });
    const attacked = await honest.talk(durationMs, server);
    const report = await attack.stop();
    attack.child.disconnect();
    honest.leave();
    if ('failed' in report) throw new Error(report.failed);
    const times = attacked.p99Ms / quiet.p99Ms;
    const growth = attacked.rssBytes - quiet.rssBytes;
    const verdict = (isMet: boolean) => (isMet ? 'met' : 'missed');
    const row = (name: string, { p50Ms, p99Ms, deliveries, lost, rssBytes }: Phase) => [
      name,
      p50Ms.toFixed(2),
      p99Ms.toFixed(2),
      String(deliveries),
      String(lost),
      (rssBytes / 2 ** 20).toFixed(0),
    ];
    return {
      notes: [
        `${people} people, ${1000 / everyMs} messages a second each, ${durationMs / 1000} s in quiet and ${durationMs / 1000} s under attack`,
        `attack: ${report.requests} requests, ${report.answers} answered, ${report.closes} connections closed, ${report.untyped} answers without a code of the table`,
        `p99 under attack: ${times.toFixed(2)} times that in quiet (goal: at most ${maxTimes}: ${verdict(times <= maxTimes)})`,
        `growth of the server's memory: ${(growth / 2 ** 20).toFixed(0)} MiB (goal: at most 64: ${verdict(growth <= maxGrowthBytes)})`,
      ],
      columns: ['phase', 'p50 ms', 'p99 ms', 'deliveries', 'lost', 'RSS MiB'],
      rows: [row('quiet', quiet), row('under attack', attacked)],
      data: { quiet, attacked, report },
    };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

export const hostile: Benchmark = { about: 'what honest clients notice of a hostile one', run };
