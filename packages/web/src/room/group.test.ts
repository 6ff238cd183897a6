import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageRow, NoticeRow, Row } from '@parley/client';
import type { Entry } from '@parley/protocol';
import fc from 'fast-check';
import { type GroupOptions, group as grouped, type Item, ItemCache, localDay } from './group.ts';

const minute = 60_000;
const noon = new Date(2026, 10, 20, 12).getTime();
const options: GroupOptions = { newAfter: undefined, before: false, breaks: new Set(), day: localDay };
const group = (rows: readonly Row[], options: GroupOptions, cache = new ItemCache()) => grouped(rows, options, cache);

function said(seq: number, user: string, at: number, more: Partial<MessageRow> = {}): MessageRow {
  return {
    type: 'message',
    key: `m${seq}`,
    user,
    name: user,
    display: undefined,
    server: undefined,
    clientId: `m${seq}`,
    seq,
    at,
    body: { text: 'x' },
    mine: false,
    mentionsMe: false,
    state: 'sent',
    code: undefined,
    retryAt: undefined,
    edited: undefined,
    redacted: undefined,
    reactions: [],
    pinned: false,
    imported: false,
    ...more,
  };
}
function moved(seq: number, user: string, at: number, change = 'join'): NoticeRow {
  return {
    type: 'notice',
    key: `n${seq}`,
    seq,
    at,
    entry: { kind: 'member', user, name: user, data: { change, subject: user } } as Entry,
  };
}
const shape = (items: Item[]) =>
  items
    .filter(({ type }) => type !== 'start')
    .map((item) => {
      if (item.type === 'message') return item.head ? 'head' : 'line';
      return item.type === 'notices' ? `notices ${item.rows.length}` : item.type;
    });

test('groups messages of one person within five minutes', () => {
  const rows = [
    said(1, 'a', noon),
    said(2, 'a', noon + minute),
    said(3, 'b', noon + 2 * minute),
    said(4, 'b', noon + 8 * minute),
  ];
  assert.deepEqual(shape(group(rows, options)), ['day', 'head', 'line', 'head', 'head']);
});

test('begins a group at a reply, an action, another name and after a notice', () => {
  const replyTo = { user: 'a', clientId: 'm1' };
  const rows: Row[] = [
    said(1, 'a', noon),
    said(2, 'a', noon, { body: { text: 'x', replyTo } }),
    said(3, 'a', noon, { body: { text: 'x', action: true } }),
    said(4, 'a', noon),
    said(5, 'a', noon, { display: 'Ada' }),
    moved(6, 'b', noon),
    said(7, 'a', noon, { display: 'Ada' }),
  ];
  assert.deepEqual(shape(group(rows, options)), ['day', 'head', 'head', 'head', 'head', 'head', 'notices 1', 'head']);
});

test('divides days, and not before a first row that may not begin its day', () => {
  const rows = [said(1, 'a', noon), said(2, 'a', noon + 24 * 60 * minute)];
  assert.deepEqual(shape(group(rows, options)), ['day', 'head', 'day', 'head']);
  assert.deepEqual(shape(group(rows, { ...options, before: true })), ['head', 'day', 'head']);
});

test('puts the New line before the first message of others after the marker', () => {
  const rows = [
    said(1, 'a', noon),
    moved(2, 'b', noon),
    said(3, 'me', noon, { mine: true }),
    said(4, 'a', noon),
    said(5, 'a', noon),
  ];
  assert.deepEqual(shape(group(rows, { ...options, newAfter: 1 })), [
    'day',
    'head',
    'notices 1',
    'head',
    'new',
    'head',
    'line',
  ]);
  assert.ok(!shape(group(rows, { ...options, newAfter: 5 })).includes('new'));
  assert.ok(!shape(group(rows.slice(3), { ...options, before: true, newAfter: 1 })).includes('new'));
  const waiting = said(6, 'me', noon, { mine: true, seq: undefined });
  assert.ok(!shape(group([waiting], { ...options, newAfter: 0 })).includes('new'));
});

test('tells comings and goings of a run in one item, and no other notice', () => {
  const ban: NoticeRow = { ...moved(3, 'c', noon, 'ban') };
  const rows = [moved(1, 'a', noon), moved(2, 'b', noon, 'leave'), ban, moved(4, 'd', noon), moved(5, 'e', noon)];
  assert.deepEqual(shape(group(rows, options)), ['day', 'notices 2', 'notices 1', 'notices 2']);
});

test('keeps the identity of items that did not change', () => {
  const rows = [said(1, 'a', noon), moved(2, 'b', noon), moved(3, 'c', noon), said(4, 'a', noon)];
  const cache = new ItemCache();
  const first = group(rows, options, cache);
  const next = group([...rows, said(5, 'a', noon)], options, cache);
  assert.deepEqual(
    next.slice(0, first.length).map((item, at) => item === first[at]),
    first.map(() => true),
  );
});

test('rows loaded above never change an item that was there, the first row being a break', () => {
  const row = fc.record({
    user: fc.constantFrom('a', 'b'),
    move: fc.boolean(),
    gap: fc.integer({ min: 0, max: 40 * minute }),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), fc.nat(), (drawn, cut) => {
      let at = noon;
      const rows: Row[] = drawn.map(({ user, move, gap }, seq) => {
        at += gap;
        return move ? moved(seq, user, at) : said(seq, user, at);
      });
      const from = 1 + (cut % (rows.length - 1));
      const cache = new ItemCache();
      const first = group(rows.slice(from), { ...options, before: true }, cache);
      const breaks = new Set([rows[from]!.key]);
      const all = group(rows, { ...options, breaks }, cache);
      assert.deepEqual(
        all.slice(-first.length).map((item, index) => item === first[index]),
        first.map(() => true),
      );
    }),
    { numRuns: 200, seed: 3 },
  );
});

test('every key stands once', () => {
  const rows = [
    said(1, 'a', noon),
    moved(2, 'b', noon),
    said(3, 'a', noon + 25 * 60 * minute),
    said(4, 'b', noon + 50 * 60 * minute),
  ];
  const keys = group(rows, { ...options, newAfter: 1 }).map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
});
