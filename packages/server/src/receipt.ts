/**
 * How far members of a room have read: where their markers stand. What moves is gathered for a moment and told at once,
 * for in a room where all look on each message moves all markers. Nothing of it is kept here.
 */
import { limits, serverOf } from '@parley/protocol';
import { isMuted } from '@parley/room';
import type { Hub } from './hub.ts';
import type { LoadedRoom } from './loaded-room.ts';
import type { Log } from './log.ts';
import type { People } from './people.ts';
import type { Runtime } from './runtime.ts';
import type { Who } from './session.ts';
import type { Store } from './store/store.ts';

export interface Reader {
  readonly user: string;
  /** 0: not told any more. */
  readonly seq: number;
}

export interface ReceiptsOptions {
  readonly store: Pick<Store, 'marker'>;
  readonly people: People;
  readonly hub: Hub;
  readonly runtime: Runtime;
  readonly log: Log;
  readonly id: string;
}

const gatherMs = 500;
/** Receipts that are gathered, over all rooms: 2 MB; at more they are told at once. */
const mostGathered = 10_000;

export class Receipts {
  readonly #options: ReceiptsOptions;
  #gathered = new Map<string, Map<string, number>>();
  #count = 0;
  #cancel: (() => void) | undefined;
  #telling: Promise<void> = Promise.resolve();
  #moved: (room: string, readers: readonly Reader[]) => void = () => {};

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** Told how far people of this server have read, gathered as well. */
  listen(moved: (room: string, readers: readonly Reader[]) => void): void {
    this.#moved = moved;
  }

  /** Somebody of this server has moved their marker. */
  read(room: LoadedRoom, { person, privacy }: Pick<Who, 'person' | 'privacy'>, seq: number): void {
    if (privacy.receipts && isTold(room, person.id)) this.gather(room.id, person.id, seq);
  }

  /** Tells a room that somebody has read up to here; call it for those of whom it may be told. */
  gather(room: string, user: string, seq: number): void {
    const readers = this.#gathered.get(room) ?? new Map<string, number>();
    this.#gathered.set(room, readers);
    if (!readers.has(user)) this.#count += 1;
    readers.set(user, seq);
    if (this.#count >= mostGathered) this.#flush();
    else this.#cancel ??= this.#options.runtime.setTimer(() => this.#flush(), gatherMs);
  }

  /** How far people of this server have read who let it be told. */
  async own(room: LoadedRoom): Promise<Reader[]> {
    const { store, people, id } = this.#options;
    const users = [...room.state.members.keys()].filter((user) => serverOf(user) === id && isTold(room, user));
    const persons = [...(await people.all(users)).values()];
    const seqs = await store.marker.told(
      room.n,
      persons.map(({ n }) => n),
    );
    return persons.flatMap(({ id: user, n }) => (seqs.has(n) ? [{ user, seq: seqs.get(n)! }] : []));
  }

  /** With what they are called; who is unknown here is left out. */
  async named(readers: readonly Reader[]): Promise<{ user: string; name: string; seq: number }[]> {
    const known = await this.#options.people.all(readers.map(({ user }) => user));
    return readers.flatMap(({ user, seq }) => {
      const person = known.get(user);
      return person ? [{ user, name: person.display ?? person.name, seq }] : [];
    });
  }

  close(): void {
    this.#cancel?.();
    this.#gathered.clear();
  }

  #flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const gathered = this.#gathered;
    this.#gathered = new Map();
    this.#count = 0;
    // In turn: what was gathered first must not be told last.
    this.#telling = this.#telling
      .then(() => this.#tell(gathered))
      .catch((error) => {
        this.#options.log.warn({ error }, 'receipts could not be told');
      });
  }

  async #tell(gathered: ReadonlyMap<string, ReadonlyMap<string, number>>): Promise<void> {
    const { hub, id } = this.#options;
    for (const [room, told] of gathered) {
      const readers = [...told].slice(0, limits.receiptMembers).map(([user, seq]) => ({ user, seq }));
      hub.signal(room, { event: 'receipt.changed', payload: { room, readers: await this.named(readers) } });
      const own = readers.filter(({ user }) => serverOf(user) === id);
      if (own.length > 0) this.#moved(room, own);
    }
  }
}

/** Whether receipts are told in a room. */
export const hasReceipts = ({ archive, state }: LoadedRoom): boolean =>
  !archive && state.members.size <= limits.receiptMembers;

/** Whether those of somebody are. */
export const isTold = (room: LoadedRoom, user: string): boolean =>
  hasReceipts(room) && room.state.members.has(user) && !isMuted(room.state, user);
