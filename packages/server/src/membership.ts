/**
 * What entries mean for connections: joining starts the flow to every device of the person, leaving ends it, invitations
 * and changes of rules are told to those whom they concern.
 */
import type { MemberChange, RawEntry, ServerEvent } from '@parley/protocol';
import { serverOf } from '@parley/protocol';
import type { Context } from './context.ts';
import { firstScreen, followRoom, roomViewOf, type SyncBudget } from './room-view.ts';
import type { Session } from './session.ts';

const endings = { leave: 'left', kick: 'kicked', ban: 'banned', decline: 'declined', revoke: 'revoked' } as const;

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
      if (payload.kind === 'settings')
        for (const session of hub.followers(room)) this.#rulesChanged(session, room, hub);
      const data = (payload.data ?? {}) as { subject?: string; change?: MemberChange };
      if (data.subject === undefined || serverOf(data.subject) !== here) continue;
      for (const session of hub.of(data.subject)) this.#concerns(session, room, payload, data.change, hub);
    }
  }

  #concerns(
    session: Session,
    room: string,
    entry: RawEntry,
    change: MemberChange | undefined,
    hub: Context['hub'],
  ): void {
    if (entry.kind === 'role' || entry.kind === 'mute' || entry.kind === 'unmute') this.#tellChanged(session, room);
    if (entry.kind !== 'member') return;
    if (change === 'join') {
      session.watching.delete(room);
      tellAdded(this.#contextOf(session), room);
    } else if (change === 'invite') this.#tellInvited(session, room);
    else if (change && change in endings) {
      session.watching.delete(room);
      hub.unfollow(session, room);
      session.send('room.removed', { room, how: endings[change as keyof typeof endings] });
    }
  }

  /** Who only watches is sent away when the room closes its door. */
  #rulesChanged(session: Session, room: string, hub: Context['hub']): void {
    const settings = this.#contextOf(session).rooms.peek(room)?.state.settings;
    const isOpen = settings?.joinRule === 'public' || settings?.history === 'world';
    if (isOpen || !session.watching.delete(room)) this.#tellChanged(session, room);
    else {
      hub.unfollow(session, room);
      session.send('room.removed', { room, how: 'left' });
    }
  }

  #tellInvited(session: Session, room: string): void {
    const context = this.#contextOf(session);
    roomViewOf(context, room)
      .then((view) => session.send('room.invited', { room: view }))
      .catch((error) => context.log.warn({ error, room }, 'an invitation could not be told'));
  }

  #tellChanged(session: Session, room: string): void {
    const context = this.#contextOf(session);
    roomViewOf(context, room)
      .then((view) => session.send('room.changed', { room: view }))
      .catch((error) => context.log.warn({ error, room }, 'a change could not be told'));
  }
}

/** Tells a connection of a room that it is in now, unless a request of its own does, and starts the flow. */
export function tellAdded(context: Context, room: string): void {
  const { session, log } = context;
  if (session.joining.has(room)) return;
  sendAdded(context, room, firstScreen).catch((error) =>
    log.warn({ error, room }, 'a joined room could not be followed'),
  );
}

/** Starts the flow of a room and tells it; resolves when the next may be told. */
export async function sendAdded(context: Context, room: string, budget: SyncBudget): Promise<void> {
  const { session } = context;
  session.reader.hold();
  let sent: Promise<void> | undefined;
  try {
    const sync = await followRoom(context, room, undefined, budget);
    sent = session.ahead('room.added', { sync });
  } finally {
    session.reader.release();
  }
  await sent;
}
