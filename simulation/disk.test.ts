import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from './clock.ts';
import { Disk, type Moment } from './disk.ts';
import { Life } from './life.ts';
import { Random } from './random.ts';

function setting(seed = 1) {
  const clock = new Clock();
  const random = new Random(seed);
  const disk = new Disk(clock, random);
  const life = new Life('server', clock, random);
  const db = disk.open(life);
  const insert = (n: number) => db.transaction([{ statements: [{ sql: 'INSERT INTO t VALUES (?)', rows: [[n]] }] }]);
  const kept = async () => (await disk.rows<{ n: number }>('SELECT n FROM t ORDER BY n')).map(({ n }) => n);
  return { clock, disk, life, db, insert, kept };
}

async function withTable(seed?: number) {
  const all = setting(seed);
  const made = all.db.run('CREATE TABLE t (n INTEGER) STRICT');
  await all.clock.pass(0);
  await made;
  return all;
}

test('a write is seen when it is confirmed, and takes its time', async () => {
  const { clock, disk, insert, kept } = await withTable();
  disk.latencyMs = [10, 10];
  let isDone = false;
  insert(1).then(() => {
    isDone = true;
  });
  await clock.pass(9);
  assert.deepEqual([isDone, await kept()], [false, []]);
  await clock.pass(1);
  assert.deepEqual([isDone, await kept()], [true, [1]]);
});

for (const moment of ['before', 'after'] as Moment[])
  test(`a crash ${moment} a write is never answered, and the disk has ${moment === 'after' ? 'all' : 'nothing'} of it`, async () => {
    const { clock, disk, life, insert, kept } = await withTable();
    const struck = disk.writes + 2;
    disk.strikes = (write, now) => write === struck && now === moment;
    const answered: number[] = [];
    for (const n of [1, 2]) insert(n).then(() => answered.push(n));
    await clock.pass(100);
    assert.ok(life.dead);
    assert.deepEqual(answered, [1]);
    assert.deepEqual(await kept(), moment === 'after' ? [1, 2] : [1]);
  });

test('of what was not confirmed at death the first few are kept and the rest is lost', async () => {
  const ends = new Set<string>();
  for (let seed = 1; seed <= 40; seed++) {
    const { clock, disk, life, insert, kept } = await withTable(seed);
    disk.latencyMs = [10, 10];
    let answered = 0;
    for (const n of [1, 2, 3]) insert(n).then(() => answered++);
    await clock.pass(15);
    life.kill();
    await clock.pass(100);
    assert.equal(answered, 1);
    const left = await kept();
    assert.ok(left[0] === 1 && left.every((n, i) => n === i + 1), String(left));
    ends.add(left.join());
  }
  assert.deepEqual([...ends].sort(), ['1', '1,2', '1,2,3']);
});

test('the next life reads what the last one left, and the dead read nothing', async () => {
  const { clock, disk, life, db, insert } = await withTable();
  const inserted = insert(7);
  await clock.pass(0);
  await inserted;
  life.kill();
  let answered = false;
  db.all('SELECT n FROM t').then(() => {
    answered = true;
  });
  const next = disk.open(new Life('server', clock, new Random(2)));
  assert.deepEqual(await next.all('SELECT n FROM t'), [{ n: 7 }]);
  await clock.pass(10);
  assert.equal(answered, false);
});
