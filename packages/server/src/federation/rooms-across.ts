/** Rooms across servers: joins up the clerk, the feeds, the follower, the origin and those who enter, over the links. */
import {
  check,
  type ErrorCode,
  type ForeignRoom,
  type Payload,
  type QuestionPayload,
  type QuestionReply,
  Refusal,
  serverId,
  serverOf,
} from '@parley/protocol';
import { participants } from '@parley/room';
import type { Written } from '../append.ts';
import type { Draft } from '../draft.ts';
import { actOf, subjectOf } from '../entry-view.ts';
import type { Hub } from '../hub.ts';
import type { Limits } from '../limits.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Log } from '../log.ts';
import type { People } from '../people.ts';
import type { Presence } from '../presence.ts';
import type { Reader, Receipts } from '../receipt.ts';
import type { Rooms } from '../rooms.ts';
import type { PlacedAct, RunOptions } from '../run.ts';
import type { InvitedView } from '../store/invite-elsewhere.ts';
import type { EnteringRecord } from '../store/room-entering.ts';
import type { Store } from '../store/store.ts';
import type { PersonRecord } from '../store/user.ts';
import { Backfill } from './backfill.ts';
import { ChainMarks } from './chain-marks.ts';
import { Clerk } from './clerk.ts';
import { Decisions } from './decisions.ts';
import type { Discovery } from './discovery.ts';
import { Entering, type EnteringOptions } from './entering.ts';
import { Feeds } from './feed.ts';
import { Follower } from './follower.ts';
import { Invitations } from './invitations.ts';
import { joinFollowed } from './joining.ts';
import { Names } from './names-told.ts';
import { Origin } from './origin.ts';
import { Oversight } from './oversight.ts';
import type { Peers } from './peers.ts';
import { Ranges } from './ranges.ts';
import { ReceiptsAcross } from './receipt.ts';
import { Recovery } from './recovery.ts';
import { SettingAside } from './setting-aside.ts';
import { type Place, type SettlingOptions, settling } from './settling.ts';
import { SharedRooms } from './shared-rooms.ts';
import { Signals } from './signals.ts';
import { Snapshots } from './snapshots.ts';
import { Tails } from './tails.ts';
import { Taking } from './taking.ts';
import { VisibleRooms } from './visible-rooms.ts';

export interface RoomsAcrossOptions {
  readonly store: Store;
  readonly rooms: Rooms;
  readonly people: People;
  readonly peers: Peers;
  readonly run: RunOptions;
  readonly log: Log;
  readonly id: string;
  readonly network: string;
  /** How servers that are not linked are found, and what names stand for. */
  readonly discovery: Pick<Discovery, 'reach' | 'names' | 'need' | 'shares'>;
  readonly hub: Hub;
  readonly presence: Presence;
  readonly receipts: Receipts;
  readonly limits: Pick<Limits, 'peerActsPerSecond' | 'bucketKeys'>;
}

/** Rooms that are looked through at once for the servers in them. */
const roomsPerPage = 100;

/** Who is told on this server. */
export interface AcrossListener {
  /** An act of somebody in another server's room was refused, or stands where the same was done before. */
  decided(room: string, user: string, clientId: string, outcome: Payload<'outcome.decided'>['outcome']): void;
  /** A room of another server is here for somebody now. */
  entered(room: string, user: string): void;
  /** Somebody is not in a room of another server any more, and no entry says so here. */
  gone(room: string, user: string): void;
  /** Somebody is invited into a room of another server; undefined = not any more. */
  invited(user: string, invitation: InvitedView | undefined, room: string): void;
  /** Somebody has asked to be let into a room of another server. */
  knocked(user: string, room: ForeignRoom): void;
  /** Somebody does not ask any more: they took it back, or were not let in. */
  answered(user: string, room: string, how: 'withdrawn' | 'denied'): void;
}

const refusedBy = (code: ErrorCode) => ({ outcome: 'refused', code }) as const;

interface Answerers {
  clerk: Clerk;
  snapshots: Snapshots;
  ranges: Ranges;
  visible: VisibleRooms;
  tails: Tails;
}

export class RoomsAcross {
  readonly names: Names;
  readonly backfill: Backfill;
  readonly decisions = new Decisions();
  readonly oversight: Oversight;
  readonly #id: string;
  readonly #peers: Peers;
  readonly #store: Store;
  readonly #discovery: RoomsAcrossOptions['discovery'];
  /** Servers that keep rooms of people of this one: links with them are wanted. */
  readonly #needed = new Set<string>();
  readonly #feeds: Feeds;
  readonly #origin: Origin;
  readonly #entering: Entering;
  readonly #invitations: Invitations;
  readonly #shared: SharedRooms;
  readonly #aside: SettingAside;
  readonly #signals: Signals;
  readonly #receipts: ReceiptsAcross;
  #listener: AcrossListener | undefined;

  constructor(options: RoomsAcrossOptions) {
    const { store, rooms, people, peers, run, log, id, network } = options;
    const { crypto, runtime } = run;
    this.#id = id;
    this.#peers = peers;
    this.#store = store;
    this.#discovery = options.discovery;
    const names = new Names({ people, store, runtime, here: { id } });
    this.names = names;
    const clerk = new Clerk({ store, rooms, people, names, crypto, run, id, limits: options.limits });
    const chains = new ChainMarks({ store, crypto, runtime });
    const ranges = new Ranges({ clerk, store, names, chains });
    this.backfill = new Backfill({ store, rooms, peers, names, crypto, log });
    const snapshots = new Snapshots({ clerk, rooms, store, names, crypto });
    const visible = new VisibleRooms({ store, rooms, clerk, id });
    const entered = this.#entered(rooms);
    const recovering = { store, rooms, peers, people, names, chains, crypto, run, log, id, network, entered };
    const recovery = new Recovery(recovering);
    const feeding = { store, rooms, peers, names, unkept: run.unkept, crypto, runtime, log, id, recovery };
    this.#feeds = new Feeds(feeding);
    run.doubts.listen((room, server) => this.#feeds.hasSaid(room, server));
    const tails = new Tails({ store, rooms, names, unkept: run.unkept });
    const { refused, stands, repeated } = this.#outcomes();
    const originating = { store, peers, rooms, names, unkept: run.unkept, crypto, runtime, log, id };
    const rejoined = (server: string, room: string): void => this.#shared.renew(server, room);
    this.#origin = new Origin({ ...originating, refused, repeated, rejoined });
    const outcomes = settling({ store, log, id, refused, stands, repeated });
    const settled: typeof outcomes = (room, written) => {
      outcomes(room, written);
      if (!participants(room.state).has(id)) this.#origin.pump(room.id);
    };
    const follower = new Follower({ store, rooms, peers, people, names, crypto, run, log, id, settled });
    const gone = (room: string, user: string): void => this.#listener?.gone(room, user);
    const taken = { store, rooms, peers, names, backfill: this.backfill, crypto, runtime, id, network, gone, refused };
    const taking = new Taking(taken);
    this.#entering = new Entering({
      ...{ store, rooms, peers, names, taking, crypto, runtime, log, id, network, entered },
      ...this.#fromOutside(),
      join: (room, person, clientId) => joinFollowed(rooms, this.decisions, room, person, clientId),
      reach: (server) => {
        this.#need(server);
        return options.discovery.reach(server);
      },
    });

    const told = (user: string, invitation: InvitedView | undefined, room: string): void =>
      this.#listener?.invited(user, invitation, room);
    this.#invitations = new Invitations({
      ...{ store, rooms, peers, people, names, log, id, told },
      denied: (user, room) => this.#listener?.answered(user, room, 'denied'),
    });
    const pump = (room: string): void => this.#origin.pump(room);
    this.#aside = new SettingAside({ store, rooms, taking, log, id, pump, entered });
    this.#shared = new SharedRooms({ store, rooms, peers, taking, crypto, log, id, network, entered });
    const { hub, presence, receipts } = options;
    this.#signals = new Signals({ rooms, peers, people, hub, presence, log, id });
    this.#receipts = new ReceiptsAcross({ rooms, peers, receipts, hub, log, id });

    const shown = { feeds: this.#feeds, origin: this.#origin, entering: this.#entering, follower };
    this.oversight = new Oversight({ store, rooms, peers, id, ...shown });
    this.#answer({ clerk, snapshots, ranges, visible, tails });
    this.#keepUp(follower, log);
  }

  /** Tells people of a room that is here for them now. */
  #entered(rooms: Pick<Rooms, 'peek'>): (room: string, user: string) => void {
    return (room, user) => {
      const held = rooms.peek(room);
      for (const server of held ? participants(held.state).keys() : []) this.#discovery.shares(server);
      this.#listener?.entered(room, user);
      this.#signals.joined(room, user);
    };
  }

  /** Tells what comes of acts of people who are in the room. */
  #outcomes(): Pick<SettlingOptions, 'refused' | 'stands' | 'repeated'> {
    const { decisions } = this;
    return {
      refused: (room, user, clientId, code) => {
        decisions.settle(room, user, clientId, code);
        if (code === 'too-fast') this.#origin.slowDown(room, user);
        this.#listener?.decided(room, user, clientId, refusedBy(code));
      },
      stands: (room, user, clientId) => decisions.settle(room, user, clientId, undefined),
      repeated: (room, user, clientId, place) => {
        decisions.settle(room, user, clientId, undefined);
        this.#listener?.decided(room, user, clientId, { outcome: 'entry', ...place });
      },
    };
  }

  /** Tells what comes of acts of people who are not in the room. */
  #fromOutside(): Pick<EnteringOptions, 'decided' | 'knocking'> {
    return {
      decided: ({ room, clientId }, user, outcome) => {
        const isRefused = outcome instanceof Refusal;
        const told = isRefused ? refusedBy(outcome.code) : { outcome: 'entry' as const, ...outcome };
        this.#listener?.decided(room, user, clientId, told);
      },
      knocking: (user, room, isKnocking) => {
        if (isKnocking) this.#listener?.knocked(user, room);
        else this.#listener?.answered(user, room.id, 'withdrawn');
      },
    };
  }

  #answer({ clerk, snapshots, ranges, visible, tails }: Answerers): void {
    const peers = this.#peers;
    peers.onAsk('submit', (from, asked) => clerk.submit(from, asked));
    peers.onAsk('outcome', (from, asked) => clerk.outcome(from, asked));
    peers.onAsk('snapshot', (from, asked) => snapshots.page(from, asked));
    peers.onAsk('range', (from, asked) => ranges.page(from, asked));
    peers.onAsk('tail', (from, asked) => tails.page(from, asked));
    peers.onAsk('rooms', (_from, asked) => visible.list(asked));
    peers.onAsk('room', (from, asked) => visible.room(from, asked));
    peers.onAsk('receipts', (from, asked) => this.#receipts.answer(from, asked));
    peers.onAsk('people', (_from, asked) => visible.people(asked));
  }

  #keepUp(follower: Follower, log: Log): void {
    const peers = this.#peers;
    peers.onFrame('append', (from, frame) => follower.append(from, frame), { flow: ({ room }) => room });
    peers.onFrame('cursor', (from, frame) => this.#feeds.stands(from, frame));
    peers.onFrame('reset', async (from, frame) => this.#aside.hear(from, frame));
    peers.onFrame('shared', async (from, frame) => this.#shared.hear(from, frame));
    peers.onFrame('invitations', (from, frame) => this.#invitations.hear(from, frame));
    peers.onFrame('typing', (from, frame) => this.#signals.heardTyping(from, frame));
    peers.onFrame('presence', (from, frame) => this.#signals.heardPresence(from, frame));
    peers.onFrame('receipts', (from, frame) => this.#receipts.heard(from, frame));
    peers.whenLost((server) => {
      this.#receipts.lost(server);
      this.#feeds.lost(server);
      this.#signals.lost(server);
    });
    peers.whenLinked((server) => {
      const failed = (error: unknown): void => log.warn({ error, server }, 'rooms of a linked server wait');
      follower.linked(server).catch(failed);
      this.#origin.linked(server).catch(failed);
      this.#entering.linked(server).catch(failed);
      this.#invitations.linked(server).catch(failed);
      this.#shared.linked(server).catch(failed);
      this.#signals.linked(server);
      this.#receipts.linked(server).catch(failed);
    });
  }

  listen(listener: AcrossListener): void {
    this.#listener = listener;
  }

  /** Looks for the servers that keep rooms which are followed here. */
  async start(): Promise<void> {
    for (const clerk of await this.#store.foreign.clerks()) this.#need(clerk);
    for (let after = ''; ; ) {
      const rooms = await this.#store.foreign.across(this.#id, after, roomsPerPage);
      for (const { n } of rooms)
        for (const server of await this.#store.foreign.serversIn(n)) this.#discovery.shares(server);
      if (rooms.length < roomsPerPage) return;
      after = rooms.at(-1)!.id;
    }
  }

  #need(server: string): void {
    if (this.#needed.has(server)) return;
    this.#needed.add(server);
    this.#discovery.need(server);
  }

  /** Takes acts for rooms that another server keeps; undefined for those that this one does. */
  elsewhere(room: LoadedRoom, drafts: readonly Draft[]): Promise<PlacedAct[]> | undefined {
    return room.state.clerk === this.#id ? undefined : this.#origin.queue(room, drafts);
  }

  /** Entries of a room are on disk. */
  committed(room: LoadedRoom, written: readonly Written[]): void {
    this.#signals.committed(room, written);
    for (const { header } of written) {
      const act = actOf(header);
      const subject = act?.kind === 'member' ? subjectOf(act.data) : undefined;
      if (subject !== undefined && room.state.members.has(subject)) this.#discovery.shares(serverOf(subject));
    }
    if (room.state.clerk !== this.#id) return;
    this.#feeds.committed(room);
    this.#invitations.committed(room, written);
  }

  /** Somebody of this server types in a room, or does not any more. */
  typing(room: string, user: string, active: boolean): void {
    this.#signals.typing(room, user, active);
  }

  /** How far people of other servers have read in a room that somebody looks at. */
  readers(room: LoadedRoom): Reader[] {
    return this.#receipts.of(room);
  }

  /** The id of a server by its id or the name that it has here. Refuses with `not-found`. */
  server(label: string): string {
    if (check(serverId, label).ok) return label;
    const holder = this.#discovery.names.resolve(label);
    if (holder !== undefined) return holder;
    const named = this.#peers.list().filter(({ name, id }) => name === label && id !== undefined);
    // A name that two servers claim names none.
    if (named.length !== 1) throw new Refusal('not-found');
    return named[0]!.id!;
  }

  /** Asks another server about its rooms or people. Refuses with `unavailable`, `blocked`, or as it does. */
  async ask<Q extends 'rooms' | 'room' | 'people'>(
    server: string,
    question: Q,
    payload: QuestionPayload<Q>,
  ): Promise<QuestionReply<Q>> {
    if (!this.#peers.mayLink(server)) throw new Refusal('blocked');
    await this.#discovery.reach(server);
    return this.#peers.ask(server, question, payload, { priority: 'decision' });
  }

  /** Brings somebody into a room of another server; see {@link Entering.enter}. */
  enter(wish: EnteringRecord, person: PersonRecord, isAwaited?: () => boolean): Promise<Place | undefined> {
    if (!this.#peers.mayLink(wish.server)) return Promise.reject(new Refusal('blocked'));
    return this.#entering.enter(wish, person, isAwaited);
  }
}
