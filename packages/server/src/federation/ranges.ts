/** Earlier entries of rooms that are kept here, for the servers whose people may read them. */
import { type QuestionPayload, type QuestionReply, Refusal } from '@parley/protocol';
import { participants, type Range, readable, readHeader, signedLength } from '@parley/room';
import { peopleOf } from '../entry-view.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Store } from '../store/store.ts';
import type { ChainMarks } from './chain-marks.ts';
import type { Clerk } from './clerk.ts';
import { linesOf } from './lines.ts';
import type { Names } from './names-told.ts';
import { merged } from './stays.ts';

const mostEntries = 128;
const mostBytes = 786_432;

export interface RangesOptions {
  readonly clerk: Pick<Clerk, 'kept'>;
  readonly store: Pick<Store, 'entry' | 'foreign'>;
  readonly names: Names;
  readonly chains: ChainMarks;
}

export class Ranges {
  readonly #options: RangesOptions;

  constructor(options: RangesOptions) {
    this.#options = options;
  }

  /**
   * Answers `range`: the last entries of what was asked for, up to `to`, as far as the asking server may read without a
   * gap. Refuses with `not-found` when it may not read the one at `to`.
   */
  async page(from: string, asked: QuestionPayload<'range'>): Promise<QuestionReply<'range'>> {
    const { clerk, store, names, chains } = this.#options;
    const room = await clerk.kept(asked.room, from);
    const may = (await this.#readableBy(room, from)).find((range) => range.from <= asked.to && asked.to <= range.to);
    if (!may || asked.to > room.committed.seq) throw new Refusal('not-found');
    let first = Math.max(asked.from, may.from, asked.to - mostEntries + 1, 1);
    for (;;) {
      const records = await store.entry.forwards(room.n, { from: first, to: asked.to }, mostEntries, false);
      const lines = await linesOf(store, room.n, records, mostBytes);
      // The end is what was asked for: where not all fits, the beginning goes.
      const headers = lines.map(({ header }) => readHeader(header));
      if (lines.length < records.length) {
        first += records.length - lines.length;
        continue;
      }
      if (signedLength(room.state.clerk, headers) < lines.length) throw new Refusal('not-found');
      const before = await chains.before(room, first);
      return { before, lines, people: await names.of(headers.flatMap(peopleOf)) };
    }
  }

  /** What people of a server may read, all of them together. */
  async #readableBy(room: LoadedRoom, server: string): Promise<Range[]> {
    const isMember = participants(room.state).has(server);
    const stays = await this.#options.store.foreign.staysOf(room.n, server);
    return readable(room.state, isMember, merged(stays));
  }
}
