/**
 * What entries mean for connections: joining starts the flow to every device of the person, leaving ends it, invitations
 * and changes of rules are told to those whom they concern.
 */
import { type MemberChange, type RawEntry, Refusal, type ServerEvent, serverOf } from '@parley/protocol';
import { isOutside } from './access.ts';
import type { Context } from './context.ts';
import { firstScreen, followRoom, roomViewOf, type SyncBudget } from './room-view.ts';
import type { Session } from './session.ts';

const endings = { leave: 'left', kick: 'kicked', ban: 'banned' } as const;
const withdrawals = { decline: 'declined', revoke: 'revoked', withdraw: 'withdrawn', deny: 'denied' } as const;
const restrictions = new Set(['role', 'mute', 'unmute']);

/** Connections that are told of new rules between two turns of the event loop. */
const toldAtOnce = 100;

export class Membership {
  readonly #contextOf: (session: Session) => Context;

  constructor(contextOf: (session: Session) => Context) {
    this.#contextOf = contextOf;
  }

  /** Call with the events of a room after they went to its readers. */
  committed(room: string, events: readonly ServerEvent[], hub: Context['hub'], here: string): void {
    for (const { event, payload } of events) {
      if (event !== 'entry.appended') continue;
      if (payload.kind === 'create')
        for (const session of hub.of(payload.user)) tellAdded(this.#contextOf(session), room);
      if (payload.kind === 'settings' || (payload.kind === 'member' && this.#isDirect(hub.followers(room), room)))
        this.#rulesChanged(hub.followers(room), room);
      const data = (payload.data ?? {}) as { subject?: string; change?: MemberChange };
      if (data.subject === undefined || serverOf(data.subject) !== here) continue;
      for (const session of hub.of(data.subject)) this.#concerns(this.#contextOf(session), room, payload, data.change);
    }
  }

  /** Of the two in a direct room each sees whether the other is there. */
  #isDirect([session]: readonly Session[], room: string): boolean {
    return session !== undefined && this.#contextOf(session).rooms.peek(room)?.state.direct !== undefined;
  }

  #concerns(context: Context, room: string, { kind }: RawEntry, change: MemberChange | undefined): void {
    const { session, hub } = context;
    if (restrictions.has(kind)) tellChanged(context, room);
    if (kind !== 'member' || change === undefined) return;
    if (change === 'join') {
      session.watching.delete(room);
      tellAdded(context, room);
    } else if (change === 'invite') tellInvited(context, room);
    else if (change === 'knock') tellChanged(context, room);
    else if (isKey(endings, change)) {
      session.watching.delete(room);
      hub.unfollow(session, room);
      session.send('room.removed', { room, how: endings[change] });
    } else if (isKey(withdrawals, change) && !session.following.has(room))
      session.send('room.removed', { room, how: withdrawals[change] });
  }

  /** Who only watches is sent away when the room closes its door; the others hear of it, some at a time. */
  #rulesChanged(sessions: readonly Session[], room: string): void {
    const rest: Context[] = [];
    for (const session of sessions) {
      const context = this.#contextOf(session);
      const settings = context.rooms.peek(room)?.state.settings;
      const isOpen = settings?.joinRule === 'public' || settings?.history === 'world';
      if (isOpen || !session.watching.delete(room)) rest.push(context);
      else {
        context.hub.unfollow(session, room);
        session.send('room.removed', { room, how: 'left' });
      }
    }
    tellAll(rest, room);
  }
}

function isKey<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key);
}

function tellAll(contexts: readonly Context[], room: string): void {
  for (const context of contexts.slice(0, toldAtOnce)) if (context.session.who) tellChanged(context, room);
  const rest = contexts.slice(toldAtOnce);
  if (rest.length > 0) rest[0]!.runtime.nextTurn(() => tellAll(rest, room));
}

function tellInvited(context: Context, room: string): void {
  roomViewOf(context, room)
    .then((view) => {
      if (view.me.membership === 'invited') context.session.send('room.invited', { room: view });
    })
    .catch((error) => failed(context, room, error));
}

function tellChanged(context: Context, room: string): void {
  roomViewOf(context, room)
    .then((view) => context.session.send('room.changed', { room: view }))
    .catch((error) => failed(context, room, error));
}

/** Tells a connection of a room that it is in now, unless a request of its own does, and starts the flow. */
export function tellAdded(context: Context, room: string): void {
  if (context.session.joining.has(room)) return;
  sendAdded(context, room, firstScreen).catch((error) => failed(context, room, error));
}

/** Starts the flow of a room and tells it, if the person is still in it; resolves when the next may be told. */
export async function sendAdded(context: Context, room: string, budget: SyncBudget): Promise<void> {
  const { session } = context;
  session.reader.hold();
  let sent: Promise<void> | undefined;
  try {
    const sync = await followRoom(context, room, undefined, budget);
    if (!isOutside(sync.room.me.membership)) sent = session.ahead('room.added', { sync });
  } finally {
    session.reader.release();
  }
  await sent;
}

/** Who has gone meanwhile is told nothing. */
function failed({ log }: Context, room: string, error: unknown): void {
  const isGone = error instanceof Refusal || (error instanceof Error && error.name === 'LinkClosed');
  log[isGone ? 'debug' : 'warn']({ error, room }, 'a change could not be told');
}
