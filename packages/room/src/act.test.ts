import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCbor, Refusal } from '@parley/protocol';
import fc from 'fast-check';
import { type Act, clerkUser, decodeAct, encodeAct, roomIdOf } from './act.ts';
import { equalBytes } from './crypto.ts';
import { clerk, crypto, person, stranger } from './testing.ts';

const refused = (error: unknown) => error instanceof Refusal && error.code === 'bad-frame';
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const user = fc.tuple(fc.nat(20), fc.constantFrom(clerk, stranger)).map(([n, server]) => person(n, server));
const clientId = fc.stringMatching(/^[A-Za-z0-9._:-]{1,64}$/);
const data = fc.jsonValue({ maxDepth: 2, noUnicodeString: true }).map((value) => noFloats(value));

function noFloats(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value + 0 : 0;
  if (Array.isArray(value)) return value.map(noFloats);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (k === '__proto__' ? [] : [[k, noFloats(v)]])));
}

const acts: fc.Arbitrary<Act> = fc.record(
  {
    room: fc.option(hash.map((bytes) => roomIdOf(crypto, bytes))),
    user,
    device: fc.string({ maxLength: 16 }),
    clientId,
    kind: fc.string({ maxLength: 32 }),
    parts: fc.array(fc.record({ hash, size: fc.nat() }), { maxLength: 8 }),
    target: fc.record({ user, clientId }, { noNullPrototype: true }),
    data: data.filter((value) => value !== null),
    epoch: fc.nat(),
    deviceSig: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  },
  { requiredKeys: ['room', 'user', 'device', 'clientId', 'kind', 'parts'], noNullPrototype: true },
);

test('an act is read as it was written, and written as it was read', () => {
  fc.assert(
    fc.property(acts, (act) => {
      const bytes = encodeAct(act);
      const read = decodeAct(bytes);
      assert.deepEqual(JSON.stringify(read), JSON.stringify(decodeAct(encodeAct(read))));
      assert.ok(equalBytes(encodeAct(read), bytes));
      assert.equal(read.user, act.user);
      assert.deepEqual(read.target, act.target);
      assert.deepEqual(read.parts.length, act.parts.length);
      assert.equal('epoch' in read, 'epoch' in act);
    }),
  );
});

test('a changed byte of an act is refused or is another act, which hashes differently', () => {
  fc.assert(
    fc.property(acts, fc.nat(), fc.integer({ min: 1, max: 255 }), (act, where, bits) => {
      const bytes = encodeAct(act);
      const other = Uint8Array.from(bytes);
      other[where % bytes.length]! ^= bits;
      try {
        decodeAct(other);
      } catch (error) {
        assert.ok(refused(error), String(error));
        return;
      }
      assert.ok(!equalBytes(crypto.sha256(other), crypto.sha256(bytes)));
    }),
    { numRuns: 500 },
  );
});

test('an act of another form is refused', () => {
  const good = [new Uint8Array(32), new Uint8Array(32), new Uint8Array(10), 'd', 'c', 'message', null, null, null, []];
  const fields: unknown[] = [...good, null];
  assert.equal(decodeAct(encodeCbor(fields)).kind, 'message');
  const changed: [number, unknown][] = [
    [0, new Uint8Array(31)],
    [0, 'room'],
    [1, null],
    [2, new Uint8Array(9)],
    [3, 'x'.repeat(65)],
    [4, 'x'.repeat(65)],
    [4, ''],
    [4, 'two\nlines'],
    [4, 7],
    [5, 'x'.repeat(33)],
    [6, []],
    [6, [new Uint8Array(32), new Uint8Array(10)]],
    [6, [new Uint8Array(32), new Uint8Array(10), 'a/b']],
    [8, -1],
    [8, 1.5],
    [9, null],
    [9, [[new Uint8Array(32)]]],
    [9, [[new Uint8Array(31), 1]]],
    [9, [[new Uint8Array(32), -1]]],
    [9, Array(17).fill([new Uint8Array(32), 1])],
    [10, new Uint8Array(63)],
  ];
  for (const [index, value] of changed)
    assert.throws(() => decodeAct(encodeCbor(fields.with(index, value))), refused, `${index}: ${String(value)}`);
  assert.throws(() => decodeAct(encodeCbor(good)), refused, 'a field is missing');
  assert.throws(() => decodeAct(encodeCbor([...fields, ...Array(17).fill(null)])), refused, 'too many fields');
  let deep: unknown = 0;
  for (let i = 0; i < 8; i++) deep = [deep];
  assert.throws(() => decodeAct(encodeCbor(fields.with(7, deep))), refused, 'too deep');
});

test('fields that a later version adds are read past', () => {
  const fields = [
    null,
    new Uint8Array(32),
    new Uint8Array(10),
    'd',
    'c',
    'poll',
    null,
    { a: 1 },
    null,
    [],
    null,
    'new',
  ];
  assert.deepEqual(decodeAct(encodeCbor(fields)).data, { a: 1 });
});

test('random bytes are never worse than a bad frame', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.throws(() => decodeAct(bytes), refused);
    }),
  );
});

test('the id of a room covers every byte of its Create act', () => {
  fc.assert(
    fc.property(acts, fc.nat(), (act, where) => {
      const bytes = encodeAct(act);
      const other = Uint8Array.from(bytes);
      other[where % bytes.length]! ^= 1;
      assert.notEqual(roomIdOf(crypto, bytes), roomIdOf(crypto, other));
    }),
  );
});

test('the clerk stands in the log as a user of its own server that nobody can be', () => {
  assert.match(clerkUser(clerk), /^a{16}\.[a-z2-7]{52}$/);
});
