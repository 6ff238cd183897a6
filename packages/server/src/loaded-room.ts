/** A room in memory: the clerk's state, which may run ahead of the disk, and what is committed. */
import type { Position } from '@parley/protocol';
import type { Crypto, RoomState } from '@parley/room';
import { StateHash } from '@parley/room';

/** What an act came to: shared by every resend of it. */
interface Placed {
  pos: Position;
  at: number;
  /** Resolves when it is on disk. */
  durable: Promise<void>;
  kind: string;
  /** The key of the act that it names. */
  target: string | undefined;
}

/** What a clerk vouches for at a place in its log. */
export interface LogEnd {
  pos: Position;
  chain: Uint8Array;
  stateHash: Uint8Array;
}

/** A member as lists sort and find them. */
export interface Listed {
  user: string;
  name: string;
  /** The name they chose to show, in lower case. */
  display: string;
}

export class LoadedRoom {
  readonly n: number;
  readonly id: string;
  readonly state: RoomState;
  /** A read-only copy of another server's room. */
  readonly archive: boolean;
  /** The name that it has on this server; with the acts that are on their way to the disk. */
  alias: string | null;
  /** As it is on disk. */
  committedAlias: string | null;
  title: string;
  topic: string;
  /** Countable entries, those on their way to the disk included. */
  nth: number;
  /** What readers may see. */
  committed: Position;
  committedNth: number;
  /** Of rooms that are kept here and have members elsewhere, once something was committed. */
  committedEnd: LogEnd | undefined;
  /** A new term was opened since it was loaded. */
  openedTerm = false;
  /** Acts on their way to the disk, by their key. */
  readonly placed = new Map<string, Placed>();
  readonly #landing = new Set<Promise<unknown>>();
  /** In a room of another server: the number of this server's last act there, and its hash, on disk or on its way. */
  outgoing: { incarnation: number; oseq: number; hash: Uint8Array } | undefined;
  /** Steady time of the last batch of acts. */
  placedAt = Number.NEGATIVE_INFINITY;
  /** Its first entry is on its way to the disk. */
  creating = false;
  /** The disk went another way: load again. */
  dropped = false;
  /** Members by role and name, until somebody comes, goes, rises or is renamed: sorting thousands for every page is dear. */
  #roll: readonly Listed[] | undefined;
  #rollVersion = 0;
  #hash: StateHash | undefined;

  constructor(details: Pick<LoadedRoom, 'n' | 'state' | 'archive' | 'alias' | 'title' | 'topic' | 'nth'>) {
    this.n = details.n;
    this.id = details.state.id;
    this.state = details.state;
    this.archive = details.archive;
    this.alias = details.alias;
    this.committedAlias = details.alias;
    this.title = details.title;
    this.topic = details.topic;
    this.nth = details.nth;
    this.committed = details.state.head;
    this.committedNth = details.nth;
  }

  /** Must stay in memory. */
  get busy(): boolean {
    return this.creating || this.placed.size > 0 || this.#landing.size > 0;
  }

  /** Something else than a placed act is on its way to the disk. */
  landing(durable: Promise<unknown>): void {
    const land = (): void => void this.#landing.delete(durable);
    this.#landing.add(durable);
    durable.then(land, land);
  }

  /** Resolves when everything that was placed is on disk or failed. */
  async settled(): Promise<void> {
    while (this.placed.size > 0 || this.#landing.size > 0)
      await Promise.allSettled([...[...this.placed.values()].map(({ durable }) => durable), ...this.#landing]);
  }

  /** The hash of the state as it stands; cheap when little changed. */
  stateHash(crypto: Crypto): Uint8Array {
    this.#hash ??= new StateHash(crypto, this.state);
    return this.#hash.get();
  }

  /** The members as `call` lists them, kept for the next who asks. */
  async roll(call: () => Promise<readonly Listed[]>): Promise<readonly Listed[]> {
    if (this.#roll) return this.#roll;
    const version = this.#rollVersion;
    const roll = await call();
    if (version === this.#rollVersion) this.#roll = roll;
    return roll;
  }

  forgetRoll(): void {
    this.#roll = undefined;
    this.#rollVersion += 1;
  }

  noteChanges(keys: Iterable<string>): void {
    const changed = [...keys];
    if (changed.some((key) => key.startsWith('member/'))) this.forgetRoll();
    this.#hash?.update(this.state, changed);
  }
}
