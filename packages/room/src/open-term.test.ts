import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeHeader } from './header.ts';
import { openTerm } from './open-term.ts';
import { step, type Tombstone } from './step.ts';
import { crypto } from './testing.ts';
import { Union } from './testing-foreign.ts';
import { follow } from './verify.ts';

describe('a clerk that goes on in a new term', () => {
  it('names the place where its log ended, and exceeds every term and time', () => {
    for (const [now, above, term] of [
      [5, 0, 5],
      [0, 0, 2],
      [5, 9, 10],
    ] as const) {
      const book = new Union();
      const { head } = book.state;
      const { header, headerBytes } = openTerm(book.state, now, crypto, above);
      assert.deepEqual(header.pos, { term, seq: head.seq + 1 });
      assert.deepEqual(decodeHeader(headerBytes).what, { type: 'term', base: head });
      assert.deepEqual(book.state.head, header.pos);
    }
  });

  it('gives a refusal that it had given before, and no other outcome for its number', () => {
    const book = new Union();
    const [foreign] = book.servers;
    const envelope = foreign!.envelope(foreign!.person(1), 'message');
    const refused = step(
      new Union().state,
      { type: 'envelope', ...envelope, facts: {}, signature: foreign!.sign() },
      1,
      crypto,
    );
    const tombstone = refused.entries.at(-1)!.header.what as Tombstone;
    assert.deepEqual([tombstone.type, tombstone.code], ['tombstone', 'not-a-member']);
    const before = new Union().state;
    const { headerBytes } = openTerm(book.state, 9, crypto);
    const { entries } = step(book.state, { type: 'tombstone', tombstone }, 1, crypto);
    assert.deepEqual(entries.at(-1)!.header.what, tombstone);
    const followed = [headerBytes, entries.at(-1)!.headerBytes].reduce(
      (state, bytes) => follow(crypto, state, bytes, []).state,
      before,
    );
    assert.deepEqual(followed.origins, book.state.origins);
    assert.throws(() => step(book.state, { type: 'tombstone', tombstone }, 1, crypto), /out of its turn/);
  });
});
