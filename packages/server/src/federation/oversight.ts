/** What an operator sees of rooms that span servers, and does about them. */
import { type PeerRoomView, Refusal, type Reply } from '@parley/protocol';
import type { Rooms } from '../rooms.ts';
import type { AcrossRecord } from '../store/room-across.ts';
import type { Store } from '../store/store.ts';
import type { Entering } from './entering.ts';
import type { Feeds } from './feed.ts';
import type { Follower } from './follower.ts';
import type { Origin } from './origin.ts';
import type { Peers } from './peers.ts';

const roomsPerPage = 50;
const serversPerRoom = 64;

export interface OversightOptions {
  readonly store: Pick<Store, 'foreign' | 'outbox' | 'room'>;
  readonly rooms: Pick<Rooms, 'load'>;
  readonly peers: Pick<Peers, 'hurry' | 'isLinked' | 'linked'>;
  readonly feeds: Feeds;
  readonly follower: Follower;
  readonly origin: Origin;
  readonly entering: Entering;
  /** This server. */
  readonly id: string;
}

export class Oversight {
  readonly #options: OversightOptions;

  constructor(options: OversightOptions) {
    this.#options = options;
  }

  /** Rooms that span servers, by id. */
  async rooms(after = ''): Promise<Reply<'peer.rooms'>> {
    const { store, id } = this.#options;
    const found = await store.foreign.across(id, after, roomsPerPage + 1);
    const rooms = await Promise.all(found.slice(0, roomsPerPage).map((room) => this.#view(room)));
    return { rooms, more: found.length > roomsPerPage };
  }

  /** What waits, is fed and stands still, in all rooms together. */
  async totals() {
    const { store, feeds, follower } = this.#options;
    return { outbox: await store.outbox.total(), feeds: feeds.underWay, troubles: follower.troubles };
  }

  /** Does now what is to be done later: dials, hands in, asks again. */
  async retry({ server, room }: { server?: string; room?: string }): Promise<Reply<'peer.retry'>> {
    const { peers, origin, follower, entering } = this.#options;
    const isMeant = (what: { server: string; room: string }): boolean =>
      (server === undefined || what.server === server) && (room === undefined || what.room === room);
    const dialled = room === undefined || server !== undefined ? peers.hurry(server) : 0;
    const waiting = (await origin.roomsOf(server)).filter((id) => room === undefined || id === room);
    for (const id of waiting) origin.pump(id);
    const still = follower.quarantined.filter(isMeant);
    for (const each of still) await follower.retry(each);
    if (room === undefined)
      for (const linked of peers.linked()) if (server === undefined || linked === server) await entering.linked(linked);
    return { dialled, rooms: new Set([...waiting, ...still.map((each) => each.room)]).size };
  }

  /** Gives up what waits in a room. Refuses with `not-found` where another server does not keep it. */
  async drop(room: string): Promise<Reply<'peer.drop'>> {
    const { store, origin } = this.#options;
    const record = await store.room.byId(room);
    if (!record || !(await store.foreign.followed(record.n))) throw new Refusal('not-found');
    return { dropped: await origin.drop(room, 'given-up') };
  }

  /** A server is blocked: what waits for it is refused, and nobody is on the way into its rooms any more. */
  async blocked(server: string): Promise<void> {
    const { store, origin } = this.#options;
    await store.foreign.dropEnteringOf(server);
    for (const room of await origin.roomsOf(server)) await origin.drop(room, 'blocked');
  }

  async #view({ n, id: room, alias, title, seq, clerk }: AcrossRecord): Promise<PeerRoomView> {
    const { store, rooms, follower, id } = this.#options;
    const waiting = await store.outbox.waiting(n);
    const { still, forbidden } = follower.troubleIn(room);
    const servers = clerk === id ? await this.#servers(n, room, seq) : [];
    const called = clerk === id ? alias : (await rooms.load(room)).state.settings.alias;
    return {
      room,
      ...(called !== null && { alias: called }),
      title,
      clerk,
      seq,
      ...(waiting && { waiting }),
      servers: servers.slice(0, serversPerRoom),
      furtherServers: Math.max(0, servers.length - serversPerRoom),
      ...(still && { still: { field: still.field, since: still.since } }),
      ...(forbidden && { forbidden }),
    };
  }

  /** Whom a room is fed to, those of whom nothing is known first, then those that are furthest behind. */
  async #servers(n: number, room: string, seq: number): Promise<PeerRoomView['servers']> {
    const { store, feeds, peers, id } = this.#options;
    const servers = (await store.foreign.serversIn(n)).filter((server) => server !== id);
    const views = servers.map((server) => {
      const behind = feeds.behind(room, server, seq);
      return { server, isLinked: peers.isLinked(server), ...(behind !== undefined && { behind }) };
    });
    const rank = ({ behind = Number.MAX_SAFE_INTEGER }: { behind?: number }): number => behind;
    return views.sort((a, b) => rank(b) - rank(a));
  }
}
