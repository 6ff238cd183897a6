// All or nothing, in order, and durable together. For tests only.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { advance, insertEntry, insertHead, isKind, notes, type Using } from './conformance-scene.ts';

export function transactions(using: Using): void {
  it(
    'applies groups in order, each seeing those before',
    using(async (database) => {
      const applied = await database.transaction([
        { statements: [{ sql: insertHead, rows: [['a', 1]] }] },
        { guard: { sql: advance, args: [2, 'a', 1] }, statements: [] },
        { guard: { sql: advance, args: [3, 'a', 2] }, statements: [{ sql: insertEntry, rows: [['a', 3, null, 'x']] }] },
      ]);
      assert.deepEqual(applied, [true, true, true]);
      assert.deepEqual(await database.all('SELECT seq FROM head'), [{ seq: 3 }]);
    }),
  );

  it(
    'runs a statement for each of its rows, in order, however many they are',
    using(async (database) => {
      const latest =
        'INSERT INTO head (room, seq) VALUES (?, ?) ON CONFLICT (room) DO UPDATE SET seq = excluded.seq + head.seq';
      const rows = Array.from({ length: 43 }, (_, i) => [`room ${i % 5}`, i] as const);
      await database.transaction([{ statements: [{ sql: latest, rows }] }]);
      const sums = [0, 1, 2, 3, 4].map((room) => ({
        seq: rows.reduce((sum, [name, seq]) => (name === `room ${room}` ? sum + seq : sum), 0),
      }));
      assert.deepEqual(await database.all('SELECT seq FROM head ORDER BY room'), sums);
      const hurt = [...rows.map(([, seq]) => ['a', seq, null, null]), ['a', 20, null, null]];
      const failed = database.transaction([{ statements: [{ sql: insertEntry, rows: hurt }] }]);
      await assert.rejects(failed, isKind('constraint'));
      const short = [...rows, ['room']] as unknown as typeof rows;
      await assert.rejects(database.transaction([{ statements: [{ sql: latest, rows: short }] }]), isKind('statement'));
      assert.deepEqual(await database.all('SELECT room FROM entry'), []);
    }),
  );

  it(
    'leaves out a group whose guard changes nothing and commits the others',
    using(async (database) => {
      await database.run(insertHead, ['a', 5]);
      const entry = (seq: number, note: string) => ({ sql: insertEntry, rows: [['a', seq, null, note]] });
      const applied = await database.transaction([
        { statements: [entry(1, 'first')] },
        { guard: { sql: advance, args: [9, 'a', 4] }, statements: [entry(2, 'left out')] },
        { guard: { sql: advance, args: [6, 'a', 5] }, statements: [entry(3, 'last')] },
      ]);
      assert.deepEqual(applied, [true, false, true]);
      assert.deepEqual(await notes(database), ['first', 'last']);
    }),
  );

  it(
    'runs a statement once for each row, and not at all without rows',
    using(async (database) => {
      const applied = await database.transaction([
        { statements: [{ sql: insertEntry, rows: [] }] },
        {
          statements: [
            {
              sql: insertEntry,
              rows: [
                ['a', 1, null, 'x'],
                ['a', 2, Uint8Array.of(2), 'y'],
              ],
            },
          ],
        },
      ]);
      assert.deepEqual(applied, [true, true]);
      assert.deepEqual(await notes(database), ['x', 'y']);
      assert.deepEqual(await database.transaction([]), []);
    }),
  );

  it(
    'keeps nothing of a transaction that fails, and goes on',
    using(async (database) => {
      const entry = (seq: number) => ({ sql: insertEntry, rows: [['a', seq, null, String(seq)]] });
      const failing = [{ statements: [entry(1)] }, { statements: [entry(2), entry(2)] }, { statements: [entry(3)] }];
      await assert.rejects(database.transaction(failing), isKind('constraint'));
      const wrong = [{ statements: [entry(1), { sql: 'DELETE FROM nowhere', rows: [[]] }] }];
      await assert.rejects(database.transaction(wrong), isKind('statement'));
      assert.deepEqual(await notes(database), []);
      assert.deepEqual(await database.transaction([{ statements: [entry(4)] }]), [true]);
      assert.deepEqual(await notes(database), ['4']);
    }),
  );

  it(
    'keeps the order of calls that do not wait for each other, failed ones between',
    using(async (database) => {
      await database.run(insertHead, ['a', 0]);
      const calls = Array.from({ length: 50 }, (_, index) =>
        index % 10 === 5
          ? database.run('DELETE FROM nowhere').catch(() => 'failed')
          : database.run('UPDATE head SET seq = seq * 3 % 1000003 + ?', [index]),
      );
      await Promise.all(calls);
      let expected = 0;
      for (let index = 0; index < 50; index += 1) if (index % 10 !== 5) expected = ((expected * 3) % 1_000_003) + index;
      assert.deepEqual(await database.all('SELECT seq FROM head'), [{ seq: expected }]);
    }),
  );

  it(
    'is read right after it resolved',
    using(async (database) => {
      for (let seq = 1; seq <= 30; seq += 1) {
        await database.transaction([{ statements: [{ sql: insertEntry, rows: [['a', seq, null, 'x']] }] }]);
        assert.deepEqual(await database.all('SELECT max(seq) AS seq FROM entry'), [{ seq }]);
      }
    }),
  );

  it(
    'takes ten thousand rows at once',
    using(async (database) => {
      const rows = Array.from({ length: 10_000 }, (_, seq) => ['a', seq, Uint8Array.of(seq & 255, seq >> 8), `${seq}`]);
      await database.transaction([{ statements: [{ sql: insertEntry, rows }] }]);
      const read = await database.all<{ seq: number; body: Uint8Array; note: string }>(
        'SELECT * FROM entry ORDER BY seq',
      );
      assert.equal(read.length, 10_000);
      for (const { seq, body, note } of read) {
        assert.equal(body[0]! + body[1]! * 256, seq);
        assert.equal(note, String(seq));
      }
    }),
  );
}
