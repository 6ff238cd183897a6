import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromBase32, toBase32 } from './base32.ts';
import { decodeCanonical, decodeCbor, encodeCbor } from './cbor.ts';
import { decodeRequest, decodeServerFrame, encodeFrame } from './codec.ts';
import { errors, isErrorCode, Refusal } from './error.ts';
import { check } from './field.ts';
import { idBytes, normalizeAlias, roomId, serverId, userId } from './id.ts';
import { limits } from './limits.ts';
import { type Payload, type Reply, requestTypes } from './protocol.ts';

const badFrame = (error: unknown) => error instanceof Refusal && error.code === 'bad-frame';
const user = `${'a'.repeat(16)}.${'b'.repeat(51)}a`;

test('every request has a unique wire name, a sentence about it and only known errors', () => {
  assert.ok(requestTypes.size > 50);
  for (const [name, type] of requestTypes) {
    assert.match(name, /^[a-z]+\.[a-zA-Z]+$/);
    assert.match(type.about, /[.]$/, name);
    for (const code of type.errors) assert.ok(isErrorCode(code), `${name}: ${code}`);
  }
  for (const [code, { meaning }] of Object.entries(errors)) assert.ok(meaning.endsWith('.'), code);
});

test('payloads and replies are typed by the wire name', () => {
  const payload: Payload<'message.send'> = { room: 'r', clientId: 'c', body: { text: 'hi' } };
  const reply: Reply<'message.send'> = { outcome: 'queued' };
  assert.equal(payload.body.text, 'hi');
  assert.equal(reply.outcome, 'queued');
});

test('refuses unknown, missing, long, malformed and prototype fields, and names the field', () => {
  const schema = requestTypes.get('message.send')!.payload;
  const good = { room: 'a'.repeat(52), clientId: 'x', body: { text: 'hi', replyTo: { user, clientId: 'y' } } };
  assert.ok(check(schema, good).ok);
  for (const [field, bad] of [
    ['extra', { ...good, extra: 1 }],
    ['__proto__', JSON.parse(JSON.stringify(good).replace('{', '{"__proto__":{"a":1},'))],
    ['room', { ...good, room: '../../etc' }],
    ['clientId', { ...good, clientId: 'x'.repeat(65) }],
    ['body.text', { ...good, body: { text: 'x'.repeat(limits.messageText + 1) } }],
    ['body.text', { ...good, body: { text: '\ud800' } }],
    ['body.replyTo.user', { ...good, body: { text: 'a', replyTo: { user: 'ada', clientId: 'y' } } }],
  ] as const) {
    assert.deepEqual(check(schema, bad), { ok: false, field });
  }
});

test('an id is accepted in the one spelling that its bytes have, so whatever is accepted has bytes', () => {
  const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567');
  const letters = (count: number) => fc.string({ unit: letter, minLength: count, maxLength: count });
  const key = fc.oneof(
    letters(52),
    letters(51).map((text) => `${text}q`),
  );
  fc.assert(
    fc.property(letters(16), key, (account, id) => {
      const isSpelled = fromBase32(id) !== undefined;
      assert.deepEqual([check(serverId, id).ok, check(roomId, id).ok], [isSpelled, isSpelled]);
      assert.equal(check(userId, `${account}.${id}`).ok, isSpelled);
      if (isSpelled) assert.equal(toBase32(idBytes(id)), id);
      else assert.throws(() => idBytes(id), RangeError);
    }),
    { numRuns: 500 },
  );
  const sound = 'q'.repeat(52);
  assert.ok(check(serverId, sound).ok);
  for (const bad of [`${'q'.repeat(51)}r`, sound.slice(1), `${sound}q`, sound.toUpperCase(), `${'q'.repeat(51)}1`, ''])
    for (const id of [serverId, roomId]) assert.ok(!check(id, bad).ok, bad);
});

test('frames survive both codecs, bytes included', () => {
  for (const encoding of ['json', 'cbor'] as const) {
    const frame = {
      id: 7,
      request: 'session.signInWithKey',
      payload: { key: new Uint8Array(32).fill(9), signature: new Uint8Array(64), device: 'd' },
    };
    const read = decodeRequest(encoding, encodeFrame(encoding, frame));
    const checked = check(requestTypes.get(read.request)!.payload, read.payload);
    assert.ok(checked.ok);
    assert.deepEqual(checked.value, frame.payload);
    assert.deepEqual(decodeServerFrame(encoding, encodeFrame(encoding, { event: 'x.y', payload: { a: 1 } })), {
      event: 'x.y',
      payload: { a: 1 },
    });
  }
});

test('refuses frames that are too deep, of another form, or not well formed', () => {
  const json = (text: string) => decodeRequest('json', new TextEncoder().encode(text));
  for (const text of [
    '',
    '[]',
    '1',
    '"x"',
    '{"id":1}',
    '{"id":-1,"request":"a"}',
    '{"id":1,"request":"a","other":1}',
    '['.repeat(100_000),
    '{"id":1,"request":"a"',
    '{"id":1e999,"request":"a"}',
  ])
    assert.throws(() => json(text), badFrame, text.slice(0, 40));
  assert.throws(() => decodeRequest('json', new Uint8Array([0x22, 0xff, 0x22])), badFrame);
  const deep = new Uint8Array(1000).fill(0x81);
  assert.throws(() => decodeRequest('cbor', deep), badFrame);
  assert.throws(() => decodeCbor(new Uint8Array([0x9a, 0xff, 0xff, 0xff, 0xff]), 8), badFrame);
  assert.throws(
    () => decodeCbor(new Uint8Array([0xa1, 0x69, 0x5f, 0x5f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x5f, 0x5f, 0xa0]), 8),
    badFrame,
  );
});

test('random bytes never do worse than a bad frame', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const encoding of ['json', 'cbor'] as const) {
        try {
          decodeRequest(encoding, bytes);
        } catch (error) {
          assert.ok(badFrame(error), String(error));
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('canonical CBOR has one spelling only', () => {
  assert.deepEqual(decodeCanonical(encodeCbor([1, 'a', new Uint8Array([1])]), 4), [1, 'a', new Uint8Array([1])]);
  assert.throws(() => decodeCanonical(new Uint8Array([0x18, 0x01]), 4), badFrame);
  assert.throws(() => decodeCanonical(new Uint8Array([0xa2, 0x61, 0x62, 1, 0x61, 0x61, 2]), 4), badFrame);
});

test('base32 has one spelling only', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => assert.deepEqual(fromBase32(toBase32(bytes)), bytes)),
  );
  for (const text of ['a', 'A2', 'ab', 'a0', 'abc']) assert.equal(fromBase32(text), undefined, text);
});

test('room names are brought into one form', () => {
  assert.equal(normalizeAlias('#Über Setzung'), 'über-setzung');
  assert.equal(normalizeAlias('#u\u0308'), 'ü');
});
