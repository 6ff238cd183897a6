/** From what is on disk to the bus, and from the bus to what this node holds in memory. */
import { type Person, type ServerEvent, serverOf } from '@parley/protocol';
import type { Written } from './append.ts';
import type { Bus } from './bus/bus.ts';
import type { Context } from './context.ts';
import { invitedElsewhere, invitedHere } from './direct.ts';
import { invitedView, knockingView } from './elsewhere.ts';
import { entryView } from './entry-view.ts';
import type { LoadedRoom } from './loaded-room.ts';
import { Membership, tellAdded } from './membership.ts';
import type { Session } from './session.ts';

type Node = Omit<Context, 'session'>;

/** Tells every node of entries that are on disk. */
export function tellEntries(
  bus: Bus,
  { people, here }: { people: Node['people']; here: { id: string; name: string } },
  room: LoadedRoom,
  written: readonly Written[],
): void {
  const events = written.map(({ header, body, members }): ServerEvent => {
    const payload = entryView(room, header, body, people, here);
    if (members !== undefined) payload.members = members;
    return { event: 'entry.appended', payload };
  });
  for (const run of runsOf(events)) bus.publish('room', { room: room.id, events: run });
}

/** Keeps up with what any node tells; the hub must listen before. */
export function keepUpWith(bus: Bus, node: Node): void {
  const { hub, rooms, here } = node;
  const membership = new Membership((session: Session): Context => ({ ...node, session }));
  bus.subscribe('room', ({ room, events }) => {
    for (const { event, payload } of events) {
      if (event === 'entry.appended') rooms.heard(room, payload);
      else if (event === 'user.changed') {
        rooms.peek(room)?.forgetRoll();
        renamed(node, payload.person);
      }
    }
    membership.committed(room, events, hub, here.id);
    for (const event of events) meetInvited(node, room, event);
  });
}

/** Tells people what became of their acts in rooms of other servers, and when such a room is here for them. */
export function keepUpAcross(node: Node): void {
  const { hub, here, rooms } = node;
  here.across.listen({
    decided: (room, user, clientId, outcome) =>
      hub.tell(user, [{ event: 'outcome.decided', payload: { room, clientId, outcome } }]),
    entered: (room, user) => {
      for (const session of hub.of(user)) tellAdded({ ...node, session }, room);
    },
    gone: (room, user) => {
      for (const session of hub.of(user)) {
        hub.unfollow(session, room);
        session.send('room.removed', { room, how: 'left' });
      }
    },
    knocked: (user, room) => hub.tell(user, [{ event: 'room.changed', payload: { room: knockingView(room) } }]),
    answered: (user, room, how) => hub.tell(user, [{ event: 'room.removed', payload: { room, how } }]),
    invited: (user, invitation, room) => {
      if (invitation) {
        hub.tell(user, [{ event: 'room.invited', payload: { room: invitedView(invitation) } }]);
        met(node, invitedElsewhere(node, invitation.room, user, invitation.by.user));
      } else
        void isIn(rooms, room, user).then((entered) => {
          if (!entered) hub.tell(user, [{ event: 'room.removed', payload: { room, how: 'revoked' } }]);
        });
    },
  });
}

/** Who writes to somebody who writes to them at that moment is not asked. */
function meetInvited(node: Node, room: string, { event, payload }: ServerEvent): void {
  if (event !== 'entry.appended' || payload.kind !== 'member') return;
  const { change, subject } = (payload.data ?? {}) as { change?: string; subject?: string };
  if (change !== 'invite' || subject === undefined || serverOf(subject) !== node.here.id) return;
  if (node.rooms.peek(room)?.state.direct !== undefined) met(node, invitedHere(node, room, subject, payload.user));
}

function met({ log }: Node, meeting: Promise<void>): void {
  meeting.catch((error) => log.debug({ error }, 'two who wrote to each other are asked'));
}

/** Who has accepted an invitation is not invited any more either. */
async function isIn(rooms: Node['rooms'], room: string, user: string): Promise<boolean> {
  try {
    return (await rooms.load(room)).state.members.has(user);
  } catch {
    return false;
  }
}

/** Somebody has another name to show. */
function renamed({ people, hub }: Node, { id, display }: Person): void {
  people.forget({ id });
  for (const session of hub.of(id)) session.me.person.display = display ?? null;
}

/** An entry that changes who reads ends a run: its readers are known anew before the next goes out. */
function runsOf(events: readonly ServerEvent[]): ServerEvent[][] {
  const runs: ServerEvent[][] = [[]];
  for (const event of events) {
    runs.at(-1)!.push(event);
    const kind = event.event === 'entry.appended' ? event.payload.kind : '';
    if (kind === 'member' || kind === 'settings') runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}
