// What a Database is, as tests; every driver runs them. For tests only.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Database, DatabaseError, type DatabaseErrorKind, type Value } from './database.ts';

export interface DatabasePlace {
  /** Another connection to the same database. */
  open(): Promise<Database>;
  remove(): Promise<void>;
}

export interface ConformanceOptions {
  /** An empty database in a place of its own. */
  create(): Promise<DatabasePlace>;
  /** Why a second connection cannot be had, if so. */
  alone?: string;
}

type Connections = [Database, Database];

const tables = [
  'CREATE TABLE head (room TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT',
  'CREATE TABLE entry (room TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB, note TEXT, PRIMARY KEY (room, seq)) STRICT',
  'CREATE TABLE reader (room TEXT NOT NULL REFERENCES head (room), name TEXT NOT NULL) STRICT',
];

const insertHead = 'INSERT INTO head (room, seq) VALUES (?, ?)';
const insertEntry = 'INSERT INTO entry (room, seq, body, note) VALUES (?, ?, ?, ?)';
const advance = 'UPDATE head SET seq = ? WHERE room = ? AND seq = ?';

const isKind = (kind: DatabaseErrorKind) => (error: unknown) => error instanceof DatabaseError && error.kind === kind;

async function notes(database: Database): Promise<Value[]> {
  const rows = await database.all<{ note: string }>('SELECT note FROM entry ORDER BY room, seq');
  return rows.map(({ note }) => note);
}

export function databaseConformance(name: string, { create, alone }: ConformanceOptions): void {
  const using = (run: (...databases: Connections) => Promise<void>, connections = 1) => {
    return async () => {
      const place = await create();
      const first = await place.open();
      const second = connections === 2 ? await place.open() : first;
      try {
        for (const sql of tables) await first.run(sql);
        await run(first, second);
      } finally {
        await Promise.all([first.close(), second.close()]);
        await place.remove();
      }
    };
  };
  describe(`${name} as a database`, () => {
    describe('values', () => values(using));
    describe('statements', () => statements(using));
    describe('transactions', () => transactions(using));
    describe('closing', () => closing(using));
    describe('two connections', { skip: alone ?? false }, () => twoConnections(using));
  });
}

type Using = (run: (...databases: Connections) => Promise<void>, connections?: number) => () => Promise<void>;

function values(using: Using): void {
  const roundTrip = async (database: Database, column: 'seq' | 'body' | 'note', value: Value): Promise<Value> => {
    const row = { seq: 1 as Value, body: null as Value, note: null as Value, [column]: value };
    await database.run(insertEntry, ['a', row.seq, row.body, row.note]);
    const [read] = await database.all<Record<string, Value>>(`SELECT ${column} FROM entry`);
    await database.run('DELETE FROM entry');
    return read?.[column] ?? null;
  };

  it(
    'gives back text of any script, empty text and NULL',
    using(async (database) => {
      for (const text of [
        '',
        'Ωmega 日本語 👩‍👩‍👧‍👦',
        "it's ? ; -- /* */",
        '\u202eright to left',
        'x'.repeat(100_000),
        null,
      ]) {
        assert.equal(await roundTrip(database, 'note', text), text);
      }
    }),
  );

  it(
    'keeps text with a NUL whole or refuses it',
    using(async (database) => {
      const text = 'before\0after';
      const read = await roundTrip(database, 'note', text).catch((error) => error);
      if (!(read instanceof DatabaseError)) assert.equal(read, text);
    }),
  );

  it(
    'stores a lone surrogate as U+FFFD',
    using(async (database) => {
      assert.equal(await roundTrip(database, 'note', 'a\ud800b'), 'a\ufffdb');
    }),
  );

  it(
    'gives back integers up to 64 bits, as numbers where those are exact',
    using(async (database) => {
      for (const integer of [0, -1, 1, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
        assert.equal(await roundTrip(database, 'seq', integer), integer);
        assert.equal(await roundTrip(database, 'seq', BigInt(integer)), integer);
      }
      for (const integer of [2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]) {
        assert.equal(await roundTrip(database, 'seq', integer), integer);
      }
    }),
  );

  it(
    'reads a large integer beside a small one',
    using(async (database) => {
      await database.run(insertHead, ['a', 2n ** 60n]);
      assert.deepEqual(await database.all('SELECT seq, 7 AS small FROM head'), [{ seq: 2n ** 60n, small: 7 }]);
      assert.deepEqual(await database.all('SELECT 7 AS small FROM head'), [{ small: 7 }]);
    }),
  );

  it(
    'gives back bytes, also none and those of a view',
    using(async (database) => {
      const all = Uint8Array.from({ length: 256 }, (_, index) => index);
      for (const bytes of [
        all,
        new Uint8Array(0),
        all.subarray(10, 20),
        Buffer.from('pooled'),
        new Uint8Array(300_000),
      ]) {
        const read = await roundTrip(database, 'body', bytes);
        assert.ok(read instanceof Uint8Array);
        assert.deepEqual([...read], [...bytes]);
      }
    }),
  );

  it(
    'refuses what it cannot store exactly',
    using(async (database) => {
      const bad = [1.5, Number.NaN, Infinity, 2 ** 53, 2n ** 63n, true, undefined, {}, new Date(0), Symbol('x')];
      for (const value of bad as Value[]) {
        const args = ['a', 1, value, null];
        await assert.rejects(database.run(insertEntry, args), isKind('statement'), String(value));
        const group = { statements: [{ sql: insertEntry, rows: [args] }] };
        await assert.rejects(database.transaction([group]), isKind('statement'));
      }
      assert.deepEqual(await notes(database), []);
    }),
  );

  it(
    'refuses a value of another type than the column',
    using(async (database) => {
      await assert.rejects(database.run(insertEntry, ['a', 'one', null, null]));
      await assert.rejects(database.run(insertEntry, ['a', 1, 'text', null]));
    }),
  );

  it(
    'does not notice when arguments are changed after the call',
    using(async (database) => {
      const body = Uint8Array.of(1, 2, 3);
      const one = database.run(insertEntry, ['a', 1, body, null]);
      const two = database.transaction([{ statements: [{ sql: insertEntry, rows: [['a', 2, body, null]] }] }]);
      body.fill(9);
      await Promise.all([one, two]);
      const rows = await database.all<{ body: Uint8Array }>('SELECT body FROM entry ORDER BY seq');
      for (const row of rows) assert.deepEqual([...row.body], [1, 2, 3]);
    }),
  );
}

function statements(using: Using): void {
  it(
    'tells how many rows a statement changed',
    using(async (database) => {
      await database.run(insertHead, ['a', 1]);
      assert.equal(await database.run(insertHead, ['b', 1]), 1);
      assert.equal(await database.run('UPDATE head SET seq = seq + ?', [1]), 2);
      assert.equal(await database.run('UPDATE head SET seq = ? WHERE room = ?', [9, 'nobody']), 0);
      const upsert = 'INSERT INTO head (room, seq) VALUES (?, ?) ON CONFLICT (room) DO NOTHING';
      assert.equal(await database.run(upsert, ['a', 1]), 0);
    }),
  );

  it(
    'gives rows in the order asked, as plain objects',
    using(async (database) => {
      await database.transaction([{ statements: [{ sql: insertHead, rows: ['b', 'c', 'a'].map((r, i) => [r, i]) }] }]);
      assert.deepEqual(await database.all('SELECT room, seq FROM head ORDER BY room LIMIT ?', [2]), [
        { room: 'a', seq: 2 },
        { room: 'b', seq: 0 },
      ]);
    }),
  );

  it(
    'divides integers as integers',
    using(async (database) => {
      assert.deepEqual(await database.all('SELECT CAST(? AS INTEGER) / 2 AS half', [7]), [{ half: 3 }]);
    }),
  );

  it(
    'refuses a query that writes',
    using(async (database) => {
      await assert.rejects(database.all(insertHead, ['a', 1]), DatabaseError);
      await database.run(insertHead, ['a', 1]);
      await assert.rejects(database.all(insertHead, ['b', 1]), DatabaseError);
      await assert.rejects(database.all('UPDATE head SET seq = 5 RETURNING seq'), DatabaseError);
      await assert.rejects(database.all('DELETE FROM head'), DatabaseError);
      assert.deepEqual(await database.all('SELECT seq FROM head'), [{ seq: 1 }]);
    }),
  );

  it(
    'refuses wrong SQL, two statements at once and a wrong number of arguments',
    using(async (database) => {
      await assert.rejects(database.run('INSERT INTO nowhere VALUES (1)'), isKind('statement'));
      await assert.rejects(database.all('SELEC 1'), isKind('statement'));
      await assert.rejects(database.run("DELETE FROM head; DELETE FROM entry WHERE note = ';'"), isKind('statement'));
      await assert.rejects(database.run(insertHead, ['a']), isKind('statement'));
      await assert.rejects(database.run(insertHead, ['a', 1, 2]), isKind('statement'));
      await assert.rejects(database.all('SELECT room FROM head WHERE room = ?'), isKind('statement'));
    }),
  );

  it(
    'tells a hurt constraint from other errors',
    using(async (database) => {
      await database.run(insertHead, ['a', 1]);
      await assert.rejects(database.run(insertHead, ['a', 2]), isKind('constraint'));
      await assert.rejects(database.run('INSERT INTO reader VALUES (?, ?)', ['nowhere', 'ada']), isKind('constraint'));
      await assert.rejects(database.run(insertEntry, [null, 1, null, null]), isKind('constraint'));
    }),
  );
}

function transactions(using: Using): void {
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

function closing(using: Using): void {
  it(
    'finishes what was asked before',
    using(async (database) => {
      const one = database.run(insertHead, ['a', 1]);
      const two = database.transaction([{ guard: { sql: advance, args: [2, 'a', 1] }, statements: [] }]);
      await database.close();
      assert.equal(await one, 1);
      assert.deepEqual(await two, [true]);
    }),
  );

  it(
    'refuses what is asked afterwards, and closes only once',
    using(async (database) => {
      await Promise.all([database.close(), database.close()]);
      await assert.rejects(database.all('SELECT 1 AS one'), isKind('closed'));
      await assert.rejects(database.run(insertHead, ['a', 1]), isKind('closed'));
      await assert.rejects(database.transaction([{ statements: [] }]), isKind('closed'));
    }),
  );
}

function twoConnections(using: Using): void {
  it(
    'see what the other has done',
    using(async (first, second) => {
      await first.run(insertHead, ['a', 1]);
      assert.deepEqual(await second.all('SELECT seq FROM head'), [{ seq: 1 }]);
      await second.run('UPDATE head SET seq = 2');
      assert.deepEqual(await first.all('SELECT seq FROM head'), [{ seq: 2 }]);
    }, 2),
  );

  it(
    'let exactly one of two win a compare-and-set',
    using(async (first, second) => {
      await first.run(insertHead, ['a', 0]);
      for (let seq = 0; seq < 20; seq += 1) {
        const attempt = (database: Database, note: string) =>
          database.transaction([
            {
              guard: { sql: advance, args: [seq + 1, 'a', seq] },
              statements: [{ sql: insertEntry, rows: [['a', seq + 1, null, note]] }],
            },
          ]);
        const [[one], [two]] = (await Promise.all([attempt(first, '1'), attempt(second, '2')])) as [
          [boolean],
          [boolean],
        ];
        assert.notEqual(one, two);
        const won = await first.all<{ note: string }>('SELECT note FROM entry WHERE seq = ?', [seq + 1]);
        assert.deepEqual(won, [{ note: one ? '1' : '2' }]);
      }
    }, 2),
  );
}
