import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryRule } from '@parley/protocol';
import fc from 'fast-check';
import { ada, Book, ben, everyBook } from './testing.ts';
import { type Range, readable, within } from './visibility.ts';

/** Said of each seq by itself: what the rule at it allows. */
function allowed(rule: HistoryRule, seq: number, member: boolean, stays: readonly Range[]): boolean {
  if (rule === 'world') return true;
  if (rule === 'all') return member;
  return stays.some(({ from, to }) => from <= seq && seq <= to);
}

const stays = fc
  .uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 6 })
  .map((points) => [...points].sort((a, b) => a - b))
  .map((points) =>
    Array.from({ length: points.length >> 1 }, (_, i) => ({ from: points[2 * i]!, to: points[2 * i + 1]! })),
  );

test('ranges hold exactly the seqs that the rule in force at each allows, ascending and merged', () => {
  const rules = fc.array(fc.tuple(fc.constantFrom<HistoryRule>('since-join', 'all', 'world'), fc.nat(9)), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(rules, stays, fc.boolean(), (changes, times, member) => {
      const { state } = new Book();
      let from = 1;
      for (const [rule, length] of changes) {
        from += length + 1;
        state.historyRules.push({ from, rule });
      }
      state.head = { term: 1, seq: 60 };
      const ranges = readable(state, member, times);
      for (let seq = 0; seq <= 62; seq++) {
        const rule = state.historyRules.findLast((each) => each.from <= seq)?.rule;
        const want = rule !== undefined && seq <= 60 && allowed(rule, seq, member, times);
        assert.equal(within(ranges, seq), want, `seq ${seq} under ${rule}`);
      }
      for (const [i, { from: first, to }] of ranges.entries())
        assert.ok(first <= to && (i === 0 || ranges[i - 1]!.to + 1 < first));
    }),
    { numRuns: 500 },
  );
});

everyBook('the rules of a room are those that its entries name, each from its own seq on', (book) => {
  let rule: HistoryRule = 'all';
  const { historyRules, head } = book.state;
  const said = new Map(
    book.log.flatMap(({ pos, what }) => {
      const data =
        what.type === 'envelope' && what.act.kind === 'settings' ? (what.act.data as { history?: HistoryRule }) : {};
      return data.history ? [[pos.seq, data.history]] : [];
    }),
  );
  for (let seq = 1; seq <= head.seq; seq++) {
    rule = said.get(seq) ?? rule;
    assert.equal(historyRules.findLast((each) => each.from <= seq)?.rule, rule);
  }
});

test('who joins a since-join room reads nothing earlier, and after leaving nothing later', () => {
  const book = new Book({ history: 'since-join' });
  book.try(ada, 'message');
  book.member(ben, 'join', ben);
  const joined = book.state.head.seq;
  book.try(ada, 'message');
  book.member(ben, 'leave', ben);
  const left = book.state.head.seq;
  book.try(ada, 'message');
  const ranges = readable(book.state, false, [{ from: joined, to: left }]);
  assert.deepEqual(ranges, [{ from: joined, to: left }]);
});

test('a room that closes its history does not close what was open, and one that opens it does not open what was closed', () => {
  const book = new Book({ history: 'world' });
  book.try(ada, 'message');
  book.try(ada, 'settings', { data: { history: 'since-join' } });
  const closed = book.state.head.seq;
  book.try(ada, 'message');
  book.try(ada, 'settings', { data: { history: 'all' } });
  const open = book.state.head.seq;
  assert.deepEqual(readable(book.state, false, []), [{ from: 1, to: closed - 1 }]);
  assert.deepEqual(readable(book.state, true, [{ from: open, to: open }]), [
    { from: 1, to: closed - 1 },
    { from: open, to: open },
  ]);
});
