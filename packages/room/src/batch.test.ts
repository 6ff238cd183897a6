import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindNames, limits, Refusal } from '@parley/protocol';
import { batchBytes, checkBatch, endsBatch, signBatch, verifyBatch } from './batch.ts';
import { zeroHash } from './crypto.ts';
import type { Envelope } from './envelope.ts';
import { clerk, cryptoOf, stranger } from './testing.ts';
import { Foreign } from './testing-foreign.ts';

const origin = cryptoOf(2);
const room = clerk;
const last = { incarnation: 3, oseq: 9, hash: new Uint8Array(32).fill(5) };

test('every kind but talk ends a batch, and so does a kind of a later version', () => {
  assert.deepEqual(
    kindNames.filter((kind) => !endsBatch(kind)),
    ['message', 'edit', 'react', 'unreact'],
  );
  assert.ok(endsBatch('poll'));
});

test('the signature of a batch is good for its origin, network, room, incarnation, number and hash alone', () => {
  const signature = signBatch(origin, 'test', room, last);
  assert.ok(verifyBatch(origin, 'test', room, stranger, last, signature));
  assert.ok(!verifyBatch(origin, 'other', room, stranger, last, signature));
  assert.ok(!verifyBatch(origin, 'test', stranger, stranger, last, signature));
  assert.ok(!verifyBatch(origin, 'test', room, clerk, last, signature));
  for (const changed of [{ incarnation: 4 }, { oseq: 10 }, { hash: zeroHash }])
    assert.ok(!verifyBatch(origin, 'test', room, stranger, { ...last, ...changed }, signature));
});

test('a changed bit of a signature or of what it covers is no signature', () => {
  const signature = signBatch(origin, 'test', room, last);
  for (let bit = 0; bit < signature.length * 8; bit += 7)
    assert.ok(!verifyBatch(origin, 'test', room, stranger, last, flipped(signature, bit)));
  const covered = batchBytes('test', room, last.incarnation, last.oseq, last.hash);
  for (let bit = 0; bit < covered.length * 8; bit += 7)
    assert.ok(!origin.verify(cryptoOf(2).publicKey, flipped(covered, bit), signature));
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const out = Uint8Array.from(bytes);
  out[bit >> 3]! ^= 1 << (bit & 7);
  return out;
}

/** What is wrong with a batch, or its length. */
function checked(envelopes: readonly Envelope[], signature: Uint8Array, from = stranger): string | number {
  try {
    return checkBatch(origin, 'test', room, from, envelopes, signature).length;
  } catch (error) {
    assert.ok(error instanceof Refusal && error.code === 'bad-request');
    return error.detail.field!;
  }
}

test('a batch is dense, of one origin, of bounded length, and ends with what ends it', () => {
  const server = new Foreign(2, room);
  const says = (count: number) => Array.from({ length: count }, () => server.envelope(server.person(0), 'message'));
  const three = says(3);
  const good = server.sign();
  assert.equal(checked(three, good), 3);
  assert.equal(checked(three, good, clerk), 'stamp');
  assert.equal(checked([three[0]!, three[2]!], good), 'stamp');
  assert.equal(checked([three[1]!, three[0]!], good), 'stamp');
  assert.equal(checked(three.slice(0, 2), good), 'signature');
  assert.equal(checked([], good), 'batch');
  const joins = server.envelope(server.person(1), 'member', {
    data: { change: 'join', subject: server.person(1) },
  });
  assert.equal(checked([joins], server.sign()), 1);
  assert.equal(checked([joins, ...says(1)], server.sign()), 'kind');
  assert.equal(checked([...says(1), server.envelope(server.person(0), 'pin')], server.sign()), 2);
  assert.equal(checked(says(limits.batchEnvelopes), server.sign()), limits.batchEnvelopes);
  assert.equal(checked(says(limits.batchEnvelopes + 1), server.sign()), 'batch');
});
