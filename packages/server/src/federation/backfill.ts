/**
 * Earlier entries of rooms that other servers keep, fetched when somebody wants to read them. A range is held against
 * the chain before what is here already, so that the clerk's checkpoint vouches for all of it.
 */
import { type Position, type QuestionReply, Refusal } from '@parley/protocol';
import { type Crypto, checkSegment, type Header, readHeader } from '@parley/room';
import { addEntry, putParts, Rows } from '../append.ts';
import { actOf, counts, peopleOf, readBody, subjectOf } from '../entry-view.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Log } from '../log.ts';
import type { Rooms } from '../rooms.ts';
import { type FollowedRecord, putFollowed } from '../store/room-foreign.ts';
import type { Store } from '../store/store.ts';
import type { Names } from './names-told.ts';
import type { Peers } from './peers.ts';

/** Ranges that one request fetches: some thousand entries. */
const mostRanges = 32;
/** Batches reach no further across the end of a range. */
const entriesAbove = 128;

type Reply = QuestionReply<'range'>;

const renumber = 'UPDATE entry SET nth = ? WHERE room = ? AND seq = ?';

export interface BackfillOptions {
  readonly store: Store;
  readonly rooms: Pick<Rooms, 'turn'>;
  readonly peers: Pick<Peers, 'ask'>;
  readonly names: Names;
  readonly crypto: Crypto;
  readonly log: Log;
}

export class Backfill {
  readonly #options: BackfillOptions;
  readonly #running = new Map<string, Promise<boolean>>();

  constructor(options: BackfillOptions) {
    this.#options = options;
  }

  /** The first entry of a room that is held here; 1 for rooms of this server. */
  async heldFrom(room: LoadedRoom): Promise<number> {
    return (await this.#options.store.foreign.followed(room.n))?.seq ?? 1;
  }

  /**
   * Fetches what is before, until the entry at `seq` is held or nothing more may be read.
   * @returns the first entry that is held, and whether more could not be had now
   */
  async reach(room: LoadedRoom, seq: number): Promise<{ from: number; isCut: boolean }> {
    for (let range = 0; range < mostRanges; range++) {
      const from = await this.heldFrom(room);
      if (from <= Math.max(1, seq)) return { from, isCut: false };
      if (!(await this.#once(room))) return { from, isCut: true };
    }
    return { from: await this.heldFrom(room), isCut: false };
  }

  #once(room: LoadedRoom): Promise<boolean> {
    const running = this.#running.get(room.id);
    if (running) return running;
    const done = this.#fetch(room)
      .catch((error) => {
        const { log } = this.#options;
        const isUsual = error instanceof Refusal && (error.code === 'unavailable' || error.code === 'not-found');
        log[isUsual ? 'debug' : 'error'](
          { error, room: room.id, server: room.state.clerk },
          'earlier entries could not be had',
        );
        return false;
      })
      .finally(() => this.#running.delete(room.id));
    this.#running.set(room.id, done);
    return done;
  }

  /** One range before what is held; false when there is none. */
  async #fetch({ id, n, state }: LoadedRoom): Promise<boolean> {
    const { store, peers, crypto, rooms } = this.#options;
    const held = await store.foreign.followed(n);
    if (!held || held.seq <= 1) return false;
    const { head } = state;
    const stored = await store.entry.forwards(n, { from: held.seq, to: head.seq }, entriesAbove, false);
    const above = stored.map(({ header }) => readHeader(header));
    const asked = { room: id, from: 1, to: held.seq - 1 };
    const segment = await peers.ask(held.clerk, 'range', asked, { priority: 'bulk', flow: id });
    const headers = checkSegment(crypto, state, segment, endBefore(above[0], head), held.chain, above);
    return rooms.turn(id, async (room) => {
      const now = await store.foreign.followed(n);
      const first = headers[0]!.pos.seq;
      if (now?.seq === held.seq) {
        const after = await store.entry.bySeq(n, held.seq);
        const nth = after ? after.nth - (counts(readHeader(after.header)) ? 1 : 0) : room.committedNth;
        await this.#keep(n, headers, segment, { clerk: held.clerk, seq: first, chain: segment.before }, nth);
      }
      return { value: true };
    });
  }

  /** @param nthAfter of the last of them: what counts is numbered downwards from there */
  async #keep(
    n: number,
    headers: readonly Header[],
    { lines, people }: Reply,
    held: FollowedRecord,
    nthAfter: number,
  ): Promise<void> {
    const { store, names } = this.#options;
    const numbers = await names.numbers([...new Set(headers.flatMap(peopleOf))], people);
    // Some may be here from an earlier stay.
    const all = { from: headers[0]!.pos.seq, to: headers.at(-1)!.pos.seq };
    const stored = await store.entry.forwards(n, all, headers.length, false);
    const known = new Set(stored.map(({ seq }) => seq));
    const rows = new Rows();
    const renumbered: number[][] = [];
    let nth = nthAfter - headers.filter(counts).length;
    headers.forEach((header, i) => {
      const before = nth;
      if (counts(header)) nth += 1;
      if (known.has(header.pos.seq)) {
        renumbered.push([nth, n, header.pos.seq]);
        putParts(rows, n, header.pos.seq, lines[i]!.parts);
        return;
      }
      const act = actOf(header);
      const subject = numbers.get(subjectOf(act?.data) ?? '');
      const { header: headerBytes, parts } = lines[i]!;
      const author = numbers.get(act?.user ?? '') ?? 0;
      const body = readBody(parts[0] ?? undefined);
      const own = subject === undefined ? {} : { subject };
      addEntry(rows, n, { header, headerBytes, parts, body, author, mentioned: [], ...own }, before);
    });
    const others = renumbered.length > 0 ? [{ sql: renumber, rows: renumbered }] : [];
    await store.db.transaction([{ statements: [...rows.statements(), ...others, putFollowed(n, held)] }]);
  }
}

/** The position of the entry before the first that is held; without any it is the head itself. */
function endBefore(first: Header | undefined, head: Position): Position {
  if (!first) return head;
  const { pos, what } = first;
  return what.type === 'term' ? what.base : { term: pos.term, seq: pos.seq - 1 };
}
