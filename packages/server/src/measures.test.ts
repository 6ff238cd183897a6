import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Measures } from './measures.ts';
import { createVirtualRuntime } from './runtime-virtual.ts';
import { type Database, DatabaseError } from './store/database.ts';
import { testServer } from './testing.ts';

const countOf = ({ cumulative }: { cumulative: readonly number[] }): number => cumulative.at(-1) ?? 0;

test('a database that is timed does what it did, and what fails is counted as well', async () => {
  const clock = createVirtualRuntime(1);
  const measures = new Measures();
  const { promise, resolve } = Promise.withResolvers<never[]>();
  const asked: unknown[] = [];
  const db: Database = {
    all: (sql, args) => {
      asked.push([sql, args]);
      return promise;
    },
    run: async () => 3,
    transaction: () => Promise.reject(new DatabaseError('full', 'no room')),
    close: async () => void asked.push('close'),
  };
  const timed = measures.timed(db, clock);
  const rows = timed.all('SELECT ?', [1]);
  assert.equal(rows, promise);
  assert.equal(countOf(measures.database.read), 0);
  clock.advance(30);
  resolve([]);
  assert.deepEqual(await rows, []);
  assert.equal(await timed.run('x'), 3);
  await assert.rejects(timed.transaction([]), { kind: 'full' });
  await timed.close();
  assert.deepEqual(asked, [['SELECT ?', [1]], 'close']);
  const { read, write, transaction } = measures.database;
  assert.deepEqual([read, write, transaction].map(countOf), [1, 1, 1]);
  assert.equal(read.sum, 0.03);
});

test('the event loop is looked at until that ends, and what comes late is seen', () => {
  const due: { run(): void; atMs: number }[] = [];
  let nowMs = 0;
  const measures = new Measures();
  const stop = measures.watchLoop({
    elapsed: () => nowMs,
    setTimer: (run, delayMs) => {
      const timer = { run, atMs: nowMs + delayMs };
      due.push(timer);
      return () => void due.splice(due.indexOf(timer), 1);
    },
  });
  for (const lateMs of [0, 40, 0]) {
    const [next] = due.splice(0);
    nowMs = next!.atMs + lateMs;
    next!.run();
  }
  assert.equal(countOf(measures.loopLag), 3);
  assert.equal(measures.loopLag.sum, 0.04);
  assert.equal(due.length, 1);
  stop();
  assert.deepEqual(due, []);
});

test('a server that is measured tells how long its database, its fan-out and its event loop take', async () => {
  const measures = new Measures();
  await using server = await testServer({ measures });
  const ada = await server.account('ada');
  await ada.request('sync.start', { rooms: {} });
  const room = await ada.createRoom('ops');
  const before = countOf(measures.fanout);
  await ada.request('message.send', { room, clientId: 'm', body: { text: 'x' } });
  assert.equal(countOf(measures.fanout), before + 1);
  await server.advance(1_000);
  const told = await server.home.metrics();
  assert.match(told, /^# TYPE parley_fanout_seconds histogram$/m);
  assert.match(told, /^parley_event_loop_lag_seconds_bucket\{le="0.0005"\} \d+$/m);
  assert.match(told, /^parley_event_loop_lag_seconds_count [1-9]\d*$/m);
  assert.match(told, /^parley_database_seconds_bucket\{operation="transaction",le="\+Inf"\} [1-9]\d*$/m);
  assert.match(told, /^parley_database_seconds_sum\{operation="read"\} [0-9.e-]+$/m);
  const plain = await testServer();
  assert.doesNotMatch(await plain.home.metrics(), /_seconds_bucket/, 'nothing is measured for nobody');
  await plain.close();
});
