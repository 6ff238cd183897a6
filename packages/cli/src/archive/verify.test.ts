import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { encodeCbor, idBytes, toBase32 } from '@parley/protocol';
import {
  type Act,
  type Crypto,
  createRoom,
  encodeHeader,
  type Header,
  nextChain,
  type RoomState,
  refOf,
  StateHash,
  signCheckpoint,
  step,
} from '@parley/room';
import { crypto as verifying } from './crypto.ts';
import { checkpointObject, entryObject, readFileLine } from './file.ts';
import { type Checkpoint, type LogLine, verifier } from './verify.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const clerk = toBase32(Uint8Array.fromBase64(publicKey.export({ format: 'jwk' }).x ?? '', { alphabet: 'base64url' }));
const crypto: Crypto = { ...verifying, sign: (message) => new Uint8Array(sign(null, message, privateKey)) };
const ada = `${toBase32(new Uint8Array(10).fill(7))}.${clerk}`;

function signed(state: RoomState, network = state.network): Checkpoint {
  const { id, head, chain } = state;
  const { stateHash, signature } = signCheckpoint(crypto, network, id, head, chain, new StateHash(crypto, state).get());
  return { ...head, chain, state: stateHash, signature };
}

/** A room's log with one message for each text, as its clerk writes it. */
function log(...texts: string[]): { lines: LogLine[]; room: string; checkpoint: Checkpoint; state: RoomState } {
  const data = { version: 1, network: 'test', clerk, encryption: 'none', nonce: 'n' };
  const create: Act = { room: null, user: ada, device: '', clientId: 'c0', kind: 'create', data, parts: [] };
  const { state, headerBytes } = createRoom(crypto, create, 1_000);
  const lines: LogLine[] = [{ header: headerBytes, parts: [] }];
  for (const [i, text] of texts.entries()) {
    const part = { salt: new Uint8Array(16).fill(i), bytes: encodeCbor({ text }) };
    const parts = [refOf(crypto, part)];
    const act: Act = { room: state.id, user: ada, device: 'd', clientId: `c${i + 1}`, kind: 'message', parts };
    const { entries } = step(state, { type: 'act', act, facts: {}, after: state.head }, 2_000, crypto);
    const people = i === 0 ? { people: [{ user: ada, name: 'ada', display: 'Ada' }] } : {};
    lines.push({ header: entries[0]!.headerBytes, parts: [part], ...people });
  }
  return { lines, room: state.id, checkpoint: signed(state), state };
}

function verdict(lines: readonly LogLine[], checkpoint: Checkpoint): string | undefined {
  const held = verifier();
  for (const line of lines) {
    const fault = held.next(line);
    if (fault) return fault;
  }
  return held.end(checkpoint);
}

test('a whole log verifies, also where texts were taken away', () => {
  const { lines, checkpoint, room } = log('one', 'two', 'three');
  assert.equal(verdict(lines, checkpoint), undefined);
  const redacted = lines.map((line, i) => (i === 2 ? { ...line, parts: [null] } : line));
  assert.equal(verdict(redacted, checkpoint), undefined);
  const held = verifier();
  assert.equal(held.next(lines[0]!), undefined);
  assert.equal(held.room, room);
});

test('a changed text, a changed header, a missing, added or moved line is found', () => {
  const { lines, checkpoint } = log('one', 'two', 'three');
  const other = { salt: new Uint8Array(16), bytes: encodeCbor({ text: 'forged' }) };
  assert.match(verdict(lines.with(2, { ...lines[2]!, parts: [other] }), checkpoint)!, /text that was changed/);
  assert.match(verdict(lines.with(2, { ...lines[2]!, parts: [...lines[2]!.parts, other] }), checkpoint)!, /changed/);
  const forged = log('one', 'TWO', 'three').lines[2]!;
  assert.match(verdict(lines.with(2, forged), checkpoint)!, /its server wrote before/);
  assert.match(verdict(lines.with(3, log('one', 'two', 'THREE').lines[3]!), checkpoint)!, /chain has another end/);
  assert.match(verdict(lines.toSpliced(2, 1), checkpoint)!, /does not follow 1\.2/);
  assert.match(verdict(lines.toSpliced(2, 0, lines[1]!), checkpoint)!, /does not follow/);
  assert.match(verdict(lines.slice(0, 3), checkpoint)!, /ends at 1\.3, its checkpoint at 1\.4/);
  assert.match(verdict(lines.slice(1), checkpoint)!, /the beginning/);
  assert.match(verdict([{ header: new Uint8Array([1, 2]), parts: [] }], checkpoint)!, /no line of a log/);
});

test('a log goes on in a new term, and in a later version', () => {
  const { lines, state } = log('one');
  const what: Header['what'] = { type: 'term', base: state.head };
  const header = encodeHeader({ pos: { term: 9, seq: 3 }, at: 3_000, what });
  const later = encodeCbor([9, 4, 4_000, 'of tomorrow', 1]);
  const chain = [header, later].reduce((before, each) => nextChain(crypto, before, each), state.chain);
  const end = signed({ ...state, head: { term: 9, seq: 4 }, chain });
  const all = [...lines, { header, parts: [] }, { header: later, parts: [] }];
  assert.equal(verdict(all, end), undefined);
  assert.match(verdict(all.toSpliced(2, 1), end)!, /place 9\.4, which does not follow 1\.2/);
  const kinds = all.map((line) => (entryObject(line) as { kind: string }).kind);
  assert.deepEqual(kinds, ['create', 'message', 'term', 'unknown']);
});

test('a checkpoint of somebody else, of another network or of another state is refused', () => {
  const { lines, checkpoint, state } = log('one');
  assert.match(verdict(lines, signed(state, 'other'))!, /not signed by the server/);
  assert.match(verdict(lines, { ...checkpoint, state: new Uint8Array(32) })!, /another state/);
  assert.match(verdict(lines, { ...checkpoint, signature: new Uint8Array(1) })!, /not signed by the server/);
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
