/** All rooms that one is in, as the store, syncs and events tell. Every event of the connection comes through here. */
import type { Payload, RoomSync, RoomView, ServerEvent } from '@parley/protocol';
import { type RoomAddress, readRoom } from './address.ts';
import type { Readable, RoomSummary, Store } from './api.ts';
import type { Connection } from './connection.ts';
import { fromBytes, keys } from './keys.ts';
import { queuedEvents } from './limits.ts';
import { Ambiguous, conversationWith, personAmong } from './person.ts';
import { derived, value } from './readable.ts';
import { ClientRoom, type Surroundings } from './room.ts';
import { type HeldRoom, readHeld } from './summary.ts';

export class Rooms {
  readonly #around: Surroundings;
  readonly #rooms = new Map<string, ClientRoom>();
  readonly #drafts = new Map<string, string>();
  readonly #list = derived<readonly RoomSummary[]>(() =>
    [...this.#rooms.values()].map((room) => room.summary.get()).sort(byName),
  );
  readonly #invitations = value<readonly RoomView[]>([]);
  /** Events that came while a sync was under way. */
  #held: ServerEvent[] | undefined;
  /** Many rooms change at once: their list is told of it once, afterwards. */
  #gathering = false;

  constructor(around: Surroundings) {
    this.#around = around;
    around.servers.subscribe(() => this.#together(() => this.#eachRoom((room) => room.serversChanged())));
  }

  get list(): Readable<readonly RoomSummary[]> {
    return this.#list;
  }

  get invitations(): Readable<readonly RoomView[]> {
    return this.#invitations;
  }

  changed(): void {
    if (!this.#gathering) this.#list.touch();
  }

  /** By what a person types; see {@link readRoom}. */
  get(typed: string): ClientRoom | undefined {
    const byId = this.#rooms.get(typed);
    if (byId) return byId;
    const views = [...this.#rooms.values()].map((room) => room.summary.get().view);
    const direct = this.#direct(typed, views);
    if (direct) return this.#rooms.get(direct.id);
    const address = readRoom(typed);
    return address && this.#find(address);
  }

  /** The conversation with somebody, by their id. */
  directWith(user: string): ClientRoom | undefined {
    const view = conversationWith(
      user,
      [...this.#rooms.values()].map((room) => room.summary.get().view),
    );
    return view && this.#rooms.get(view.id);
  }

  /** What one is invited to, by what a person types. */
  invitation(typed: string): RoomView | undefined {
    const direct = this.#direct(typed, this.#invitations.get());
    if (direct) return direct;
    const address = readRoom(typed);
    return address && this.#invitations.get().find((view) => this.#isMeant(address, view));
  }

  /** Brings back the rooms that the store holds, without their rows. */
  async load(store: Store): Promise<void> {
    const [drafts, rooms] = await Promise.all([store.list(keys.drafts), store.list(keys.rooms)]);
    for (const [key, bytes] of drafts) {
      const draft = fromBytes(bytes);
      if (typeof draft === 'string') this.#drafts.set(key.slice(keys.drafts.length), draft);
    }
    for (const [, bytes] of rooms) {
      const held = readHeld(bytes);
      if (held) this.#make(held);
    }
    this.#list.touch();
  }

  /** Follows all rooms over a new connection. Events that come meanwhile are taken after it. */
  async follow(connection: Connection): Promise<void> {
    this.#held = [];
    try {
      const cursors: Payload<'sync.start'>['rooms'] = {};
      for (const { id, log } of this.#rooms.values()) if (log.head.seq > 0) cursors[id] = { ...log.head };
      const { rooms, invitations } = await connection.request('sync.start', { rooms: cursors });
      this.#together(() => {
        const present = new Set(rooms.map(({ room }) => room.id));
        for (const id of [...this.#rooms.keys()]) if (!present.has(id)) this.remove(id);
        for (const sync of rooms) this.add(sync, true);
      });
      this.#invitations.set(invitations);
      // Where there is no network the next moment, the rooms are here.
      void this.#around.cache.flush();
    } finally {
      const held = this.#held;
      this.#held = undefined;
      if (!connection.over) for (const event of held) this.take(event);
    }
  }

  /** Takes a room as a sync describes it. `isNews`: it comes from the start of a sync and overrules what is held. */
  add(sync: RoomSync, isNews = false): ClientRoom {
    const { id, head } = sync.room;
    const held = this.#rooms.get(id);
    const older = held && head.term === held.log.head.term && head.seq <= held.log.head.seq;
    const room = held ?? this.#make(fresh(sync));
    room.follow(sync, isNews || !older);
    this.#dropInvitation(id);
    this.changed();
    return room;
  }

  remove(id: string): void {
    this.#dropInvitation(id);
    this.#close(id);
  }

  #close(id: string): void {
    const room = this.#rooms.get(id);
    if (!room) return;
    room.close();
    this.#rooms.delete(id);
    this.#drafts.delete(id);
    const { cache } = this.#around;
    cache.set(keys.room(id), undefined);
    cache.set(keys.draft(id), undefined);
    cache.clear(keys.entries(id));
    this.changed();
  }

  take(event: ServerEvent): void {
    if (this.#held) {
      this.#held.push(event);
      if (this.#held.length > queuedEvents) this.#around.resync();
      return;
    }
    switch (event.event) {
      case 'entry.appended':
        this.#appended(event.payload);
        return;
      case 'room.added':
        this.add(event.payload.sync);
        return;
      case 'room.removed':
        this.#removed(event.payload);
        return;
      case 'room.invited':
        // It may come behind the reply of the join that it led to.
        if (this.#rooms.get(event.payload.room.id)?.summary.get().view.me.membership === 'member') return;
        this.#dropInvitation(event.payload.room.id);
        this.#invitations.set([...this.#invitations.get(), event.payload.room]);
        return;
      case 'room.changed':
        this.#rooms.get(event.payload.room.id)?.viewChanged(event.payload.room);
        return;
      case 'marker.changed':
        this.#rooms.get(event.payload.room)?.markerChanged(event.payload);
        return;
      case 'typing.changed':
        this.#rooms.get(event.payload.room)?.typingChanged(event.payload);
        return;
      case 'presence.changed':
        this.#rooms.get(event.payload.room)?.presenceChanged(event.payload);
        return;
      case 'receipt.changed':
        this.#rooms.get(event.payload.room)?.receiptsChanged(event.payload);
        return;
      case 'outcome.decided':
        this.#around.outbox.decided(event.payload);
        return;
      case 'user.changed':
        this.#around.people.see(event.payload.person);
        this.#together(() => this.#eachRoom((room) => room.renamed(event.payload.person)));
        return;
      default:
    }
  }

  /** An act has its place in the log. */
  entered(...[row, sent]: Parameters<ClientRoom['entered']>): void {
    this.#rooms.get(row.room)?.entered(row, sent);
  }

  /** A new connection follows the rooms. */
  opened(): void {
    this.#eachRoom((room) => room.opened());
  }

  disconnected(): void {
    this.#eachRoom((room) => room.disconnected());
  }

  /** Ends the timers of all rooms. */
  close(): void {
    this.#eachRoom((room) => room.close());
  }

  /** Forgets all rooms: the account is another one now. */
  clear(): void {
    this.close();
    this.#rooms.clear();
    this.#drafts.clear();
    this.#invitations.set([]);
    this.#list.touch();
  }

  #together(change: () => void): void {
    this.#gathering = true;
    try {
      change();
    } finally {
      this.#gathering = false;
      this.changed();
    }
  }

  #eachRoom(change: (room: ClientRoom) => void): void {
    for (const room of this.#rooms.values()) change(room);
  }

  #find(address: RoomAddress): ClientRoom | undefined {
    if ('id' in address) return this.#rooms.get(address.id);
    return [...this.#rooms.values()].find((room) => this.#isMeant(address, room.summary.get().view));
  }

  /**
   * The conversation with `@name[:server]`; without a server with somebody of one's own first. Of several the one in which
   * the other one is, or else is asked to be, with the lowest id.
   */
  #direct(typed: string, views: readonly RoomView[]): RoomView | undefined {
    if (!typed.trim().startsWith('@')) return undefined;
    const people = views.flatMap(({ direct }) => (direct ? [direct.person] : []));
    try {
      const person = personAmong(people, typed, (label) => this.#around.servers.idOf(label));
      return person && conversationWith(person.id, views);
    } catch (error) {
      // People of several other servers are called so: then none is meant.
      if (error instanceof Ambiguous) return undefined;
      throw error;
    }
  }

  /** A name without a server means a room of one's own. */
  #isMeant(address: RoomAddress, view: RoomView): boolean {
    if ('id' in address) return address.id === view.id;
    if (address.alias !== view.alias) return false;
    if (address.server === undefined) return view.server === undefined;
    const at = this.#around.servers.idOf(address.server);
    return at !== undefined && at === (view.server ?? this.#around.servers.own);
  }

  #make(held: HeldRoom): ClientRoom {
    const room = new ClientRoom(this.#around, held, this.#drafts.get(held.view.id) ?? '');
    this.#rooms.set(room.id, room);
    return room;
  }

  /** Of a room that one has left, what one did before it was left may still come. */
  #appended(entry: Payload<'entry.appended'>): void {
    const room = this.#rooms.get(entry.room);
    if (room) room.log.accept([entry]);
    else if (entry.user === this.#around.me()?.user) this.#around.outbox.seen(entry);
  }

  /**
   * The end of an invitation or a knock is not that of a membership that came of it. The end of a membership is not that
   * of an invitation: of a room of another server it may come after it.
   */
  #removed({ room, how }: Payload<'room.removed'>): void {
    const isOutside = how === 'declined' || how === 'revoked' || how === 'withdrawn' || how === 'denied';
    if (isOutside || !this.#rooms.has(room)) this.#dropInvitation(room);
    else this.#close(room);
  }

  #dropInvitation(id: string): void {
    const held = this.#invitations.get();
    if (held.some((one) => one.id === id)) this.#invitations.set(held.filter((one) => one.id !== id));
  }
}

function fresh({ room, marker, unread, mentions }: RoomSync): HeldRoom {
  const head = { term: 0, seq: 0 };
  return { view: room, head, marker, unread, mentions, last: undefined, unsentMarker: undefined };
}

const nameOf = ({ view }: RoomSummary): string => view.alias ?? view.title;
const byName = (a: RoomSummary, b: RoomSummary): number => {
  const [one, other] = [nameOf(a), nameOf(b)];
  return one < other ? -1 : one > other ? 1 : a.view.id < b.view.id ? -1 : 1;
};
