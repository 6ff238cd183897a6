/**
 * Invitations across servers, and answers to those who asked to be let in. The clerk tells the server of whoever is
 * invited, at once and on every new link, for the log is all that it remembers; there they are kept until they are
 * taken, declined or withdrawn. Who asked and stands in no list of the clerk any more was turned down.
 */
import { type FramePayload, type MemberChange, serverOf } from '@parley/protocol';
import { participants } from '@parley/room';
import type { Written } from '../append.ts';
import { actOf, subjectOf } from '../entry-view.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Log } from '../log.ts';
import type { People } from '../people.ts';
import type { Rooms } from '../rooms.ts';
import type { InvitedView } from '../store/invite-elsewhere.ts';
import type { Store } from '../store/store.ts';
import type { Names } from './names-told.ts';
import type { Peers } from './peers.ts';
import { viewOf } from './visible-rooms.ts';

const perFrame = 200;
/** Invitations of one server that are kept, and of all for one person. */
const mostOfServer = 10_000;
const mostOfPerson = 100;
const most = { mostOfServer, mostOfPerson, mostOfBoth: mostOfPerson };
/** The same of a stranger: nobody here is in one of its rooms, and no operator has it dialled. */
const mostOfStranger = { mostOfServer: 200, mostOfPerson, mostOfBoth: 5 };

const control = { priority: 'decision' } as const;

export interface InvitationsOptions {
  readonly store: Store;
  readonly rooms: Pick<Rooms, 'load'>;
  readonly peers: Pick<Peers, 'send' | 'isDialled'>;
  readonly people: People;
  readonly names: Names;
  readonly log: Log;
  readonly id: string;
  /** Somebody of this server is invited, or not any more. */
  readonly told: (user: string, invited: InvitedView | undefined, room: string) => void;
  /** Somebody of this server asked to be let in, and was not. */
  readonly denied: (user: string, room: string) => void;
}

export class Invitations {
  readonly #options: InvitationsOptions;
  /** By server: what it is told, in order, is under way. */
  readonly #telling = new Map<string, Promise<void>>();

  constructor(options: InvitationsOptions) {
    this.#options = options;
  }

  /** At the clerk: entries of one of its rooms are on disk. */
  committed(room: LoadedRoom, written: readonly Written[]): void {
    const { id, log } = this.#options;
    for (const { header } of written) {
      const act = actOf(header);
      const subject = act?.kind === 'member' ? subjectOf(act.data) : undefined;
      if (subject === undefined || serverOf(subject) === id) continue;
      const { change } = act!.data as { change: MemberChange };
      if (change === 'knock') continue;
      this.#inOrder(serverOf(subject), () => this.#tell(room, subject, change)).catch((error) =>
        log.warn({ error }, 'an invitation waits for the next link'),
      );
    }
  }

  /** At the clerk: a server is linked and learns of all invitations to its people. */
  linked(server: string): Promise<void> {
    return this.#inOrder(server, () => this.#tellAll(server));
  }

  /** What was read first is told first: a list of all must not overtake what changed since. */
  #inOrder(server: string, tell: () => Promise<void>): Promise<void> {
    const before = this.#telling.get(server);
    const told = before ? before.then(tell) : tell();
    const done: Promise<void> = told
      .catch(() => {})
      .then(() => {
        if (this.#telling.get(server) === done) this.#telling.delete(server);
      });
    this.#telling.set(server, done);
    return told;
  }

  async #tellAll(server: string): Promise<void> {
    const { store, peers } = this.#options;
    const asking = await store.foreign.knockingFrom(server, perFrame + 1);
    const knocking = asking.length > perFrame ? {} : { knocking: asking.map(({ room, user }) => ({ room, user })) };
    let isReset = true;
    let after = { room: 0, person: 0 };
    for (;;) {
      const rows = await store.foreign.invitedOf(server, after, perFrame);
      const invited = (await Promise.all(rows.map(({ id, user }) => this.#invitation(id, user)))).flatMap(
        (each) => each ?? [],
      );
      const frame = { invited, withdrawn: [], ...(isReset ? { isReset, ...knocking } : {}) };
      if ((isReset || invited.length > 0) && !peers.send(server, 'invitations', frame, control)) return;
      if (rows.length < perFrame) return;
      isReset = false;
      after = rows.at(-1)!;
    }
  }

  /** Where the people are: takes what the clerk of a room says. */
  async hear(from: string, frame: FramePayload<'invitations'>): Promise<void> {
    const { invited, withdrawn, isReset } = frame;
    const { store, people, names, log, id, told } = this.#options;
    if (isReset) {
      const still = new Set(invited.map(({ room, user }) => `${room.id}/${user}`));
      for (const { room, user, person } of await store.foreign.invitationsFrom(from))
        if (!still.has(`${room}/${user}`)) await this.#withdraw(from, room, user, person);
    }
    for (const { room, user } of withdrawn) {
      const person = await people.one(user);
      if (person) await this.#withdraw(from, room, user, person.n);
    }
    const bound = (await this.#isKnown(from)) ? most : mostOfStranger;
    let refused = 0;
    for (const { room, user, by } of invited) {
      const person = serverOf(user) === id ? await people.one(user) : undefined;
      if (!person || person.erased || room.clerk !== from) continue;
      // Of the two one is here, so the other is of the server that keeps the room: of others it says nothing.
      if (room.direct && serverOf(by.user) !== from) continue;
      await names.numbers([by.user], [by]);
      const kept = { room: room.id, person: person.n, server: from, view: { room, by } };
      // It is the answer to who has asked.
      await store.foreign.dropKnock(room.id, person.n, from);
      if (await store.foreign.putInvitation(kept, bound)) told(user, { room, by }, room.id);
      else refused += 1;
    }
    await this.#answered(from, frame);
    if (refused > 0) log.info({ server: from, refused }, 'a server invites more than it may');
  }

  /** Ends what people here asked of a server, as far as it says so. */
  async #answered(from: string, { denied = [], knocking, isReset }: FramePayload<'invitations'>): Promise<void> {
    const { store } = this.#options;
    const asked = await store.foreign.knocksAt(from);
    if (asked.length === 0) return;
    const nameOf = ({ room, user }: { room: string; user: string }): string => `${room}/${user}`;
    const over = new Set(denied.map(nameOf));
    const still = isReset && knocking ? new Set(knocking.map(nameOf)) : undefined;
    for (const one of asked) {
      if (!over.has(nameOf(one)) && (!still || still.has(nameOf(one)))) continue;
      // Who takes it back is told of that.
      const isTakenBack = (await store.foreign.wish(one.room, one.person))?.change === 'withdraw';
      if (!isTakenBack && (await store.foreign.dropKnock(one.room, one.person)))
        this.#options.denied(one.user, one.room);
    }
  }

  async #isKnown(server: string): Promise<boolean> {
    const { peers, store } = this.#options;
    return peers.isDialled(server) || (await store.foreign.sharesRooms(server));
  }

  async #withdraw(from: string, room: string, user: string, person: number): Promise<void> {
    if (await this.#options.store.foreign.dropInvitation(room, person, from)) this.#options.told(user, undefined, room);
  }

  /** A server with members in the room reads it in the log. */
  async #tell(room: LoadedRoom, user: string, change: MemberChange): Promise<void> {
    const { peers } = this.#options;
    const server = serverOf(user);
    const isInvited = change === 'invite';
    const invitation = isInvited ? await this.#invitation(room.id, user) : undefined;
    const one = { room: room.id, user };
    const denied = change === 'deny' || change === 'ban' ? { denied: [one] } : {};
    const frame = invitation ? { invited: [invitation], withdrawn: [] } : { invited: [], withdrawn: [one], ...denied };
    if (!participants(room.state).has(server) || !isInvited) peers.send(server, 'invitations', frame, control);
  }

  async #invitation(room: string, user: string) {
    const { rooms, names } = this.#options;
    const loaded = await rooms.load(room).catch(() => undefined);
    const by = loaded?.state.invited.get(user)?.by;
    const [inviter] = by === undefined ? [] : await names.of([by]);
    return loaded && inviter ? { room: viewOf(loaded), user, by: inviter } : undefined;
  }
}
