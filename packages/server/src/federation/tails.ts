/** For a clerk that lost the end of its log: what this server holds of it. */
import { type QuestionPayload, type QuestionReply, Refusal } from '@parley/protocol';
import { readHeader, setAsideFrom, signedLength } from '@parley/room';
import { peopleOf } from '../entry-view.ts';
import type { Rooms } from '../rooms.ts';
import type { Store } from '../store/store.ts';
import type { Unkept } from '../unkept.ts';
import { linesOf } from './lines.ts';
import type { Names } from './names-told.ts';

const mostEntries = 128;
const mostBytes = 786_432;

export interface TailsOptions {
  readonly store: Pick<Store, 'entry' | 'foreign' | 'archive'>;
  readonly rooms: Pick<Rooms, 'load'>;
  readonly names: Names;
  readonly unkept: Unkept;
}

export class Tails {
  readonly #options: TailsOptions;

  constructor(options: TailsOptions) {
    this.#options = options;
  }

  /** Answers `tail`. Refuses with `not-found` rooms that are not followed from the asking server. */
  async page(from: string, asked: QuestionPayload<'tail'>): Promise<QuestionReply<'tail'>> {
    const { store, rooms, names, unkept } = this.#options;
    const { n, state, archive, committed } = await rooms.load(asked.room);
    const held = archive || state.clerk !== from ? undefined : await store.foreign.followed(n);
    if (!held) throw new Refusal('not-found');
    const aside = setAsideFrom(committed, await store.entry.terms(n), asked.base) ?? committed.seq + 1;
    const first = Math.max(asked.after === undefined ? aside : asked.after + 1, held.seq);
    const records = await store.entry.forwards(n, { from: first, to: committed.seq }, mostEntries, false);
    const read = await linesOf(store, n, records, mostBytes, unkept);
    const headers = read.map(({ header }) => readHeader(header));
    const lines = read.slice(0, signedLength(state.clerk, headers));
    return {
      before: first === held.seq ? held.chain : null,
      lines,
      people: await names.of(headers.slice(0, lines.length).flatMap(peopleOf)),
      checkpoint: (await store.archive.checkpoint(n)) ?? null,
      more: lines.length > 0 && first + lines.length <= committed.seq,
    };
  }
}
