/**
 * A room as it stands, page by page, for servers that enter it: its leaves at one checkpoint, so that a join costs the
 * state and not the history.
 */
import { type QuestionPayload, type QuestionReply, Refusal } from '@parley/protocol';
import { type Checkpoint, type Crypto, type Leaf, participants, signCheckpoint, snapshotLeaves } from '@parley/room';
import type { LoadedRoom } from '../loaded-room.ts';
import { Lru } from '../lru.ts';
import type { Rooms } from '../rooms.ts';
import type { Store } from '../store/store.ts';
import type { Clerk } from './clerk.ts';
import { linesOf } from './lines.ts';
import type { Names } from './names-told.ts';

/** States that are being given away at the same time; a server whose state is forgotten begins again. */
const kept = 32;
const pageBytes = 512 * 1_024;
const pageLeaves = 5_000;

interface Snapshot {
  checkpoint: Checkpoint;
  leaves: readonly Leaf[];
}

export interface SnapshotsOptions {
  readonly clerk: Pick<Clerk, 'kept'>;
  readonly rooms: Pick<Rooms, 'between'>;
  readonly store: Pick<Store, 'entry'>;
  readonly names: Names;
  readonly crypto: Crypto;
}

export class Snapshots {
  readonly #options: SnapshotsOptions;
  /** By room and seq. */
  readonly #kept = new Lru<string, Snapshot>(kept);

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /** Answers `snapshot`. Refuses with `not-found` who may not have it, and a place whose state is forgotten. */
  async page(
    from: string,
    { room: id, at, after = '' }: QuestionPayload<'snapshot'>,
  ): Promise<QuestionReply<'snapshot'>> {
    const { clerk, names } = this.#options;
    const room = await clerk.kept(id, from);
    if (!participants(room.state).has(from) && room.state.settings.history !== 'world') throw new Refusal('not-found');
    const snapshot = at ? this.#kept.get(`${id}/${at.term}/${at.seq}`) : await this.#take(id);
    if (!snapshot) throw new Refusal('not-found');
    const { checkpoint, leaves } = snapshot;
    const rest = after === '' ? leaves : leaves.filter(([key]) => key > after);
    const page = fitting(rest);
    const [create, ...info] = await this.#lines(room);
    return {
      create: create!,
      checkpoint,
      keys: page.map(([key]) => key),
      values: page.map(([, value]) => value),
      people: await names.of(page.flatMap(([key]) => userOf(key))),
      info,
      more: page.length < rest.length,
    };
  }

  async #take(id: string): Promise<Snapshot> {
    const { rooms, crypto } = this.#options;
    return rooms.between(id, (room) => {
      const { head, chain, network } = room.state;
      const checkpoint = signCheckpoint(crypto, network, id, head, chain, room.stateHash(crypto));
      const snapshot = {
        checkpoint,
        leaves: snapshotLeaves(room.state),
      };
      this.#kept.set(`${id}/${head.term}/${head.seq}`, snapshot);
      return snapshot;
    });
  }

  /** The Create, then the entries whose words are the present title and topic. */
  async #lines(room: LoadedRoom) {
    const { store } = this.#options;
    const { title, topic } = room.state.info;
    const seqs = [...new Set([1, title, topic])].filter((seq) => seq > 0);
    const records = await Promise.all(seqs.map((seq) => store.entry.bySeq(room.n, seq)));
    return linesOf(
      store,
      room.n,
      records.flatMap((record) => record ?? []),
      pageBytes,
    );
  }
}

function fitting(leaves: readonly Leaf[]): readonly Leaf[] {
  let size = 0;
  let count = 0;
  for (const [key, value] of leaves) {
    size += key.length + value.length + 160;
    if (count > 0 && (size > pageBytes || count >= pageLeaves)) break;
    count += 1;
  }
  return leaves.slice(0, count);
}

function userOf(key: string): string[] {
  const [kind, user] = key.split('/');
  return user !== undefined && (kind === 'member' || kind === 'invited' || kind === 'ban') ? [user] : [];
}
