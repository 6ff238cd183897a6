import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Position, Refusal } from '@parley/protocol';
import fc from 'fast-check';
import { encodeHeader } from './header.ts';
import { isNewerTerm, resetBase, setAsideFrom, type TermStart } from './term.ts';
import { ada, Book, crypto } from './testing.ts';
import { follow } from './verify.ts';

const at = (term: number, seq: number): Position => ({ term, seq });
const start = (term: number, base: Position): TermStart => ({ pos: at(term, base.seq + 1), base });

test('a term that begins below somebody’s last position resets them to its base, and nobody else', () => {
  const terms = [start(7, at(1, 40)), start(9, at(7, 60))];
  const cases: [Position, Position | undefined][] = [
    [at(1, 40), undefined],
    [at(1, 39), undefined],
    [at(1, 41), at(1, 40)],
    [at(1, 400), at(1, 40)],
    [at(7, 60), undefined],
    [at(7, 61), at(7, 60)],
    [at(8, 61), at(7, 60)],
    [at(8, 50), at(7, 60)],
    [at(6, 20), at(1, 40)],
    [at(9, 61), undefined],
    [at(9, 999), undefined],
  ];
  for (const [held, base] of cases) assert.deepEqual(resetBase(terms, held), base, JSON.stringify(held));
  assert.ok(isNewerTerm(at(2, 1), at(1, 9)) && !isNewerTerm(at(2, 9), at(2, 1)));
});

test('a follower sets aside what came after the base, and what it had set aside before counts as the earlier base', () => {
  assert.equal(setAsideFrom(at(1, 50), [], at(1, 40)), 41);
  assert.equal(setAsideFrom(at(1, 40), [], at(1, 40)), undefined);
  assert.equal(setAsideFrom(at(1, 30), [], at(1, 40)), undefined);
  const terms = [start(7, at(1, 40))];
  assert.equal(setAsideFrom(at(7, 60), terms, at(7, 55)), 56);
  assert.equal(setAsideFrom(at(7, 60), terms, at(1, 30)), 31);
  assert.equal(setAsideFrom(at(7, 60), terms, at(1, 45)), 41);
});

test('after any restores, of any backups, a follower keeps just what the clerk’s log holds too', () => {
  const restores = fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)), { maxLength: 8 });
  fc.assert(
    fc.property(restores, fc.nat(8), (played, at) => {
      const backups = [new Log([1, 1, 1], [])];
      for (const [i, [which, lost, more]] of played.entries())
        backups.push(backups[which % backups.length]!.restored(i + 2, lost, more));
      const clerk = backups.at(-1)!;
      const follower = backups[at % backups.length]!;
      let kept = follower;
      for (let base = resetBase(clerk.terms, kept.head); base; base = resetBase(clerk.terms, kept.head)) {
        const from = setAsideFrom(kept.head, kept.terms, base);
        if (from === undefined) break;
        kept = kept.upTo(from - 1);
      }
      assert.deepEqual(kept.places, clerk.places.slice(0, kept.places.length));
    }),
    { numRuns: 2_000 },
  );
});

/** The term of each entry, and where terms begin. */
class Log {
  readonly places: readonly number[];
  readonly terms: readonly TermStart[];
  constructor(places: readonly number[], terms: readonly TermStart[]) {
    this.places = places;
    this.terms = terms;
  }
  get head(): Position {
    return at(this.places.at(-1)!, this.places.length);
  }
  upTo(seq: number): Log {
    const places = this.places.slice(0, seq);
    return new Log(
      places,
      this.terms.filter(({ pos }) => pos.seq <= seq),
    );
  }
  /** What a clerk makes of it that lost the last entries, opens a term and goes on. */
  restored(term: number, lost: number, more: number): Log {
    const kept = this.upTo(Math.max(1, this.places.length - lost));
    const terms = [...kept.terms, start(term, kept.head)];
    return new Log([...kept.places, term, ...Array.from({ length: more }, () => term)], terms);
  }
}

test('a term opens right where the log ends and names that place', () => {
  const book = new Book();
  book.try(ada, 'message');
  const { head } = book.state;
  const open = (pos: Position, base: Position) => () => {
    let state = follow(crypto, undefined, book.lines[0]!.headerBytes, []).state;
    state = follow(crypto, state, book.lines[1]!.headerBytes, []).state;
    return follow(crypto, state, encodeHeader({ pos, at: 1, what: { type: 'term', base } }), []).state.head;
  };
  assert.deepEqual(open(at(5, 3), head)(), at(5, 3));
  for (const [pos, base] of [
    [at(1, 3), head],
    [at(5, 4), head],
    [at(5, 3), at(1, 1)],
    [at(5, 3), at(4, 2)],
    [at(5, 3), at(1, 3)],
  ] as const)
    assert.throws(open(pos, base), (error) => error instanceof Refusal && error.detail.field === 'pos');
});
