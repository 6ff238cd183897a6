import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { encodeCbor, idBytes, toBase32 } from '@parley/protocol';
import { checkpointObject, entryObject, readFileLine } from './file.ts';
import { type LogLine, nextChain, sha256 } from './log-line.ts';
import { type Checkpoint, verifier } from './verify.ts';

const zero = new Uint8Array(32);
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const serverKey = Uint8Array.fromBase64(publicKey.export({ format: 'jwk' }).x ?? '', { alphabet: 'base64url' });
const clerk = toBase32(serverKey);

/** A log of a room with one message for each text, as the format is written down. */
function log(...texts: string[]): { lines: LogLine[]; room: string; checkpoint: Checkpoint } {
  const account = new Uint8Array(10).fill(7);
  const stamp = encodeCbor([serverKey, 0, 1, zero, [0, 0]]);
  const create = encodeCbor([
    null,
    serverKey,
    account,
    'd',
    'c0',
    'create',
    null,
    { network: 'parley', clerk },
    null,
    [],
    null,
  ]);
  const room = sha256(encodeCbor(['parley room v1', create]));
  const lines: LogLine[] = [{ header: encodeCbor([1, 1, 1_000, 'envelope', stamp, create, null]), parts: [] }];
  for (const [i, text] of texts.entries()) {
    const part = { salt: new Uint8Array(16).fill(i), bytes: encodeCbor({ text }) };
    const ref = [sha256(part.salt, part.bytes), part.bytes.length];
    const act = encodeCbor([room, serverKey, account, 'd', `c${i + 1}`, 'message', null, null, null, [ref], null]);
    const people = i === 0 ? { people: [{ user: 'x.y', name: 'ada', display: 'Ada' }] } : {};
    lines.push({ header: encodeCbor([1, i + 2, 2_000, 'envelope', stamp, act, null]), parts: [part], ...people });
  }
  const chain = lines.reduce((before: Uint8Array, { header }) => nextChain(before, header), zero);
  const seq = lines.length;
  const signed = encodeCbor(['parley checkpoint v1', 'parley', room, 1, seq, chain, zero]);
  const signature = new Uint8Array(sign(null, signed, privateKey));
  return { lines, room: toBase32(room), checkpoint: { term: 1, seq, chain, state: zero, signature } };
}

function verdict(lines: readonly LogLine[], checkpoint: Checkpoint): string | undefined {
  const held = verifier();
  for (const line of lines) {
    const taken = held.next(line);
    if ('wrong' in taken) return taken.wrong;
  }
  return held.end(checkpoint);
}

test('a whole log verifies, also where texts were taken away', () => {
  const { lines, checkpoint, room } = log('one', 'two', 'three');
  assert.equal(verdict(lines, checkpoint), undefined);
  const redacted = lines.map((line, i) => (i === 2 ? { ...line, parts: [null] } : line));
  assert.equal(verdict(redacted, checkpoint), undefined);
  const held = verifier();
  held.next(lines[0]!);
  assert.deepEqual(held.created, { room, network: 'parley', clerk });
});

test('a changed text, a changed header, a missing, added or moved line is found', () => {
  const { lines, checkpoint } = log('one', 'two', 'three');
  const other = { salt: new Uint8Array(16), bytes: encodeCbor({ text: 'forged' }) };
  assert.match(verdict(lines.with(2, { ...lines[2]!, parts: [other] }), checkpoint)!, /text that was changed/);
  assert.match(verdict(lines.with(2, { ...lines[2]!, parts: [...lines[2]!.parts, other] }), checkpoint)!, /changed/);
  const forged = log('one', 'TWO', 'three').lines[2]!;
  assert.match(verdict(lines.with(2, forged), checkpoint)!, /chain has another end/);
  assert.match(verdict(lines.toSpliced(2, 1), checkpoint)!, /does not follow 1\.2/);
  assert.match(verdict(lines.toSpliced(2, 0, lines[1]!), checkpoint)!, /does not follow/);
  assert.match(verdict(lines.slice(0, 3), checkpoint)!, /ends at 1\.3, its checkpoint at 1\.4/);
  assert.match(verdict(lines.slice(1), checkpoint)!, /the beginning/);
  assert.match(verdict([{ header: new Uint8Array([1, 2]), parts: [] }], checkpoint)!, /no line of a log/);
});

test('a checkpoint of somebody else is refused', () => {
  const { lines, checkpoint } = log('one');
  const stranger = generateKeyPairSync('ed25519').privateKey;
  const signature = new Uint8Array(sign(null, encodeCbor(['x']), stranger));
  assert.match(verdict(lines, { ...checkpoint, signature })!, /not signed by the server/);
  assert.match(verdict([], checkpoint)!, /no lines/);
});

/** The encoder gives Buffers, which compare as another class. */
const plain = ({ header, parts, people }: LogLine) => ({
  people,
  header: [...header],
  parts: parts.map((part) => part && { salt: [...part.salt], bytes: [...part.bytes] }),
});

test('lines survive the file byte for byte and can be read by people', () => {
  const { lines, checkpoint, room } = log('häuser & “quotes”');
  const texts = [...lines.map(entryObject), checkpointObject(room, checkpoint)].map((value) => JSON.stringify(value));
  const message = JSON.parse(texts[1]!);
  assert.equal(message.text, 'häuser & “quotes”');
  assert.equal(message.kind, 'message');
  assert.equal(message.at, '1970-01-01T00:00:02.000Z');
  const read = texts.map(readFileLine);
  assert.ok(read[1]?.type === 'entry');
  assert.deepEqual(plain(read[1].line), plain(lines[1]!));
  assert.deepEqual(read[2], { type: 'checkpoint', room, checkpoint });
  assert.equal(idBytes(room).length, 32);
});

test('a line of another form is refused', () => {
  for (const text of [
    '',
    '{',
    '[]',
    '{"v":2}',
    '{"v":1}',
    '{"v":1,"header":"!","parts":[]}',
    '{"v":1,"header":"","parts":[1]}',
  ])
    assert.equal(readFileLine(text), undefined, text);
});
