import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits, type Position } from '@parley/protocol';
import { zeroHash } from './crypto.ts';
import type { Stamp } from './envelope.ts';
import { type Order, order } from './order.ts';
import type { Origin } from './state.ts';
import { clerk, stranger } from './testing.ts';

const [known, other] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(8)];
const head = { term: 3, seq: 20 };
const state = (last?: Origin): { head: Position; origins: Map<string, Origin> } => ({
  head,
  origins: new Map(last ? [[stranger, last]] : []),
});
const stamp = (changed: Partial<Stamp>): Stamp => ({
  origin: stranger,
  incarnation: 2,
  oseq: 6,
  prev: known,
  after: head,
  ...changed,
});
const at = { incarnation: 2, oseq: 5, hash: known };
const first = { oseq: 1, prev: zeroHash };

test('an envelope is answered when it is the next one of its origin, and otherwise for one reason', () => {
  const cases: [Partial<Stamp>, Order['type'], Origin | undefined][] = [
    [{}, 'next', at],
    [{ oseq: 7 }, 'gap', at],
    [{ prev: other }, 'fork', at],
    [{ prev: zeroHash }, 'fork', at],
    [{ incarnation: 1 }, 'old', at],
    [{ incarnation: 1, ...first }, 'old', at],
    [{ incarnation: 3 }, 'gap', at],
    [{ incarnation: 3, ...first }, 'next', at],
    [{ incarnation: 3, oseq: 1, prev: known }, 'fork', at],
    [{ incarnation: 9, ...first }, 'next', at],
    [first, 'next', undefined],
    [{ incarnation: 0, ...first }, 'next', undefined],
    [{ oseq: 1 }, 'fork', undefined],
    [{ oseq: 2, prev: zeroHash }, 'gap', undefined],
  ];
  for (const [changed, type, last] of cases)
    assert.equal(order(state(last), stamp(changed), other).type, type, JSON.stringify(changed));
});

test('a number that has its outcome is settled; at the newest one the hash tells a fork', () => {
  assert.deepEqual(order(state(at), stamp({ oseq: 5 }), known), { type: 'settled', isNewest: true });
  assert.deepEqual(order(state(at), stamp({ oseq: 5 }), other), { type: 'fork' });
  for (const hash of [known, other])
    assert.deepEqual(order(state(at), stamp({ oseq: 4 }), hash), { type: 'settled', isNewest: false });
});

test('what its author had seen must stand in the log; what a later term set aside counts as its base', () => {
  const after = (term: number, seq: number) => order(state(at), stamp({ after: { term, seq } }), other).type;
  assert.equal(after(3, 20), 'next');
  assert.equal(after(3, 21), 'later');
  assert.equal(after(4, 1), 'later');
  assert.equal(after(2, 500), 'next');
  assert.equal(after(0, 0), 'next');
});

test('what is settled, missing or forked is so whatever its author had seen', () => {
  const after = { term: 9, seq: 9 };
  for (const [changed, type] of [
    [{ oseq: 5, after }, 'settled'],
    [{ oseq: 7, after }, 'gap'],
    [{ prev: other, after }, 'fork'],
    [{ incarnation: 0, after }, 'old'],
  ] as const)
    assert.equal(order(state(at), stamp(changed), known).type, type);
});

test('a room has room for so many origins, and those that are known go on (S13)', () => {
  const full = state(at);
  for (let i = 0; full.origins.size < limits.originsPerRoom; i++) full.origins.set(`x${i}`, at);
  assert.equal(order(full, stamp({}), other).type, 'next');
  assert.equal(order(full, stamp({ ...first, origin: clerk }), other).type, 'full');
});
