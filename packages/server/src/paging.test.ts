import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Range } from '@parley/room';
import fc from 'fast-check';
import { boundsOf, fitted, type Paged, type PageQuery, type PageSource, readPage } from './paging.ts';

interface Row {
  seq: number;
}

/** A log of which only some seqs have rows. */
function source(rows: readonly number[]): PageSource<Row> {
  const of = ({ from, to }: Range) => rows.filter((seq) => seq >= from && seq <= to).map((seq) => ({ seq }));
  return {
    forwards: async (range, limit) => of(range).slice(0, limit),
    backwards: async (range, limit) => of(range).reverse().slice(0, limit),
  };
}

const seqs = ({ entries }: Paged<Row>): number[] => entries.map(({ seq }) => seq);
const within = (ranges: readonly Range[], seq: number) => ranges.some(({ from, to }) => seq >= from && seq <= to);

const someRanges = fc
  .uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 8 })
  .map((cuts) => cuts.sort((a, b) => a - b))
  .map((cuts) => cuts.flatMap((from, i): Range[] => (i % 2 === 0 ? [{ from, to: (cuts[i + 1] ?? 42) - 1 }] : [])));
const someQuery: fc.Arbitrary<PageQuery> = fc.oneof(
  fc.nat(45).map((before) => ({ before })),
  fc.nat(45).map((after) => ({ after })),
  fc.nat(45).map((around) => ({ around })),
);
const someRows = fc.uniqueArray(fc.integer({ min: 1, max: 41 })).map((rows) => rows.sort((a, b) => a - b));
const someLimit = fc.integer({ min: 1, max: 12 });

/** What a page must be, by looking at everything. */
function naive(all: readonly number[], query: PageQuery, limit: number): number[] {
  if ('after' in query) return all.filter((seq) => seq > query.after).slice(0, limit);
  if ('before' in query) return all.filter((seq) => seq < query.before).slice(-limit);
  const below = all.filter((seq) => seq < query.around);
  const above = all.filter((seq) => seq >= query.around);
  const later = Math.min(above.length, Math.max(Math.ceil(limit / 2), limit - below.length));
  const earlier = Math.min(below.length, limit - later);
  return [...below.slice(below.length - earlier), ...above.slice(0, later)];
}

/** Holds a page's bounds against everything that may be read. */
function checkBounds(page: Paged<Row>, all: readonly number[], ranges: readonly Range[], query: PageQuery): void {
  const { from, to, before, after } = boundsOf(page, ranges, query);
  const first = ranges[0]?.from ?? 0;
  const last = ranges.at(-1)?.to ?? 0;
  const held = all.filter((seq) => seq >= from && seq <= to);
  assert.deepEqual(held, seqs(page), 'within its bounds a page leaves nothing out');
  assert.equal(before, 'after' in query ? from > first : all.some((seq) => seq < from), 'before');
  assert.equal(after, 'before' in query ? to < last : all.some((seq) => seq > to), 'after');
}

describe('a page', () => {
  it('holds what looking at everything would find, whatever may be read', () =>
    fc.assert(
      fc.asyncProperty(someRows, someRanges, someQuery, someLimit, async (rows, ranges, query, limit) => {
        const all = rows.filter((seq) => within(ranges, seq));
        const page = await readPage(source(rows), ranges, query, limit);
        assert.deepEqual(seqs(page), naive(all, query, limit));
        checkBounds(page, all, ranges, query);
      }),
      { numRuns: 500 },
    ));

  it('is cut to what fits around what matters most, and its bounds say so', () =>
    fc.assert(
      fc.asyncProperty(
        someRows,
        someRanges,
        someQuery,
        someLimit,
        fc.nat(30),
        async (rows, ranges, query, limit, most) => {
          const all = rows.filter((seq) => within(ranges, seq));
          const whole = await readPage(source(rows), ranges, query, limit);
          const sizes = whole.entries.map(({ seq }) => 1 + (seq % 7));
          const page = fitted(whole, sizes, most);
          checkBounds(page, all, ranges, query);
          const size = page.entries.reduce((sum, { seq }) => sum + 1 + (seq % 7), 0);
          assert.ok(size <= most || page.entries.length === 1);
          assert.equal(page.entries[page.centre]?.seq, whole.entries[whole.centre]?.seq);
          if (sizes.reduce((sum, each) => sum + each, 0) <= most) assert.deepEqual(page, whole);
        },
      ),
      { numRuns: 500 },
    ));

  it('read one after another gives everything once, in both ways', () =>
    fc.assert(
      fc.asyncProperty(someRows, someRanges, someLimit, async (rows, ranges, limit) => {
        const all = rows.filter((seq) => within(ranges, seq));
        const back: number[] = [];
        for (let before = 100; ; ) {
          const page = await readPage(source(rows), ranges, { before }, limit);
          back.unshift(...seqs(page));
          const bounds = boundsOf(page, ranges, { before });
          if (!bounds.before) break;
          before = bounds.from;
        }
        assert.deepEqual(back, all);
        const on: number[] = [];
        for (let after = 0; ; ) {
          const page = await readPage(source(rows), ranges, { after }, limit);
          on.push(...seqs(page));
          const bounds = boundsOf(page, ranges, { after });
          if (!bounds.after) break;
          after = bounds.to;
        }
        assert.deepEqual(on, all);
      }),
    ));
});
