/** Making, finding, joining and leaving rooms. */
import type { RoomSummary } from '@parley/client';
import { limits, Refusal, type RoomView } from '@parley/protocol';
import { cleanLine } from '@parley/terminal';
import type { Context } from '../context.ts';
import { userLabel } from '../entry-json.ts';
import { exits, Failure, usage } from '../exit.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { findRoom, roomLabel, roomName } from '../session/room.ts';
import { command } from './command.ts';

export const roomArgument = { name: 'ROOM', about: "Its name, as '#ops' (quoted) or ops, or its id." } as const;
const historyRules = ['since-join', 'all', 'world'] as const;

export const rooms = command({
  name: 'rooms',
  group: 'Rooms',
  about: 'Lists your rooms with what is unread, and invitations; or all public rooms.',
  examples: ['parley rooms', 'parley rooms --public ubu'],
  arguments: [{ name: 'QUERY', about: 'Beginning of a name, with --public.', optional: true }],
  options: { public: { about: 'Lists the public rooms of the server instead.' } },
  async run(context, { arguments: [query], options }) {
    if (query !== undefined && !options.public) throw usage('QUERY goes with --public');
    await withServer(context, { as: 'account', deadline: 'command' }, async (connected) => {
      if (options.public) return listPublic(connected, query?.replace(/^#/, ''));
      for (const summary of connected.client.rooms.get()) await printRoom(context, summary.view, summary);
      for (const view of connected.client.invitations.get()) await printRoom(context, view);
    });
  },
});

async function listPublic({ context, client, signal }: Connected, query: string | undefined): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const reply = await client.request(
      'room.list',
      { limit: limits.roomsPage, ...(query && { query }), ...(after !== undefined && { after }) },
      { signal },
    );
    for (const view of reply.rooms) await printRoom(context, view);
    const last = reply.rooms.at(-1)?.alias;
    if (!reply.more || last === undefined) return;
    after = last;
  }
}

async function printRoom(context: Context, view: RoomView, summary?: RoomSummary): Promise<void> {
  const { title, topic, members, me } = view;
  const room = roomLabel(view);
  if (context.json) {
    const counts = summary && { unread: summary.unread, mentions: summary.mentions };
    await context.printJson({ room, id: view.id, title, topic, members, membership: me.membership, ...counts });
    return;
  }
  const parts = [
    cleanLine(room).padEnd(24),
    `${members} member${members === 1 ? '' : 's'}`.padEnd(12),
    summary && summary.unread > 0 ? `${summary.unread} unread`.padEnd(12) : ''.padEnd(summary ? 12 : 0),
    me.membership === 'invited' ? '(invited)' : me.membership === 'archive' ? '(archive)' : '',
    cleanLine(title === view.alias ? topic : [title, topic].filter(Boolean).join(': ')),
  ];
  await context.print(parts.filter(Boolean).join(' ').trimEnd());
}

export const create = command({
  name: 'create',
  group: 'Rooms',
  about: 'Makes a room that you own; public and listed unless you say otherwise.',
  examples: ["parley create '#ops' --topic 'what broke'", "parley create '#board' --private"],
  arguments: [roomArgument],
  options: {
    title: { value: 'TEXT', about: 'The title to show.' },
    topic: { value: 'TEXT', about: 'What it is about.' },
    private: { about: 'Only those who are invited may join, and it is not listed.' },
    knock: { about: 'Whoever wants to join asks, and its members let them in.' },
    unlisted: { about: 'Leaves it out of the list of public rooms.' },
    history: {
      value: 'WHO',
      about: 'Who may read what was said: since-join, all (members), world.',
      offers: historyRules,
    },
  },
  async run(context, { arguments: [typed = ''], options }) {
    const name = roomName(typed);
    if (!('alias' in name)) throw usage('give the room a name, not an id');
    const history = historyRules.find((rule) => rule === options.history);
    if (options.history !== undefined && !history) throw usage('--history is since-join, all or world');
    if (options.private && options.knock) throw usage('it is --private or --knock');
    const { title, topic } = options;
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client }) => {
      const room = await client.create({
        alias: name.alias,
        ...(title !== undefined && { title }),
        ...(topic !== undefined && { topic }),
        ...(options.private && { joinRule: 'invite' as const }),
        ...(options.knock && { joinRule: 'knock' as const }),
        ...((options.private || options.unlisted) && { listed: false }),
        ...(history && { history }),
      });
      await done(context, room.summary.get().view, 'made');
    });
  },
});

export const join = command({
  name: 'join',
  group: 'Rooms',
  about: 'Joins a room.',
  arguments: [roomArgument],
  options: {},
  async run(context, { arguments: [typed = ''] }) {
    await withServer(context, { as: 'account', deadline: 'command' }, async (connected) => {
      const view = await findRoom(connected, typed);
      const room = await connected.client.join(view.id).catch((error) => Promise.reject(asking(view, error)));
      await done(context, room.summary.get().view, 'joined');
    });
  },
});

/** Where one has to ask, what to do is said. */
function asking(view: RoomView, error: unknown): unknown {
  const mayAsk = view.joinRule === 'knock' && error instanceof Refusal && error.code === 'not-invited';
  if (!mayAsk) return error;
  const label = roomLabel(view);
  const message =
    view.me.membership === 'knocking'
      ? `you have asked to be let into ${label}, and nobody has answered yet`
      : `one asks to be let into ${label}: parley knock '${label}'`;
  return new Failure(exits.forbidden, error.code, message, { cause: error });
}

export const leave = command({
  name: 'leave',
  group: 'Rooms',
  about: 'Leaves a room, declines an invitation, or takes back that one asked to be let in.',
  arguments: [roomArgument],
  options: {},
  async run(context, { arguments: [typed = ''] }) {
    await withServer(context, { as: 'account', deadline: 'command' }, async (connected) => {
      const { client, signal } = connected;
      const view = await findRoom(connected, typed);
      const held = client.room(view.id);
      if (held) await held.leave();
      else await client.request('room.leave', { room: view.id, clientId: client.newClientId() }, { signal });
      await done(context, view, 'left');
    });
  },
});

export const members = command({
  name: 'members',
  group: 'Rooms',
  about: 'Lists the members of a room with their roles, and who is here; or who asks to be let in.',
  details: 'Who asks is let in by parley invite and turned down by parley kick.',
  arguments: [roomArgument, { name: 'QUERY', about: 'Beginning of a name.', optional: true }],
  options: { asking: { about: 'Lists those who ask to be let in.' } },
  async run(context, { arguments: [typed = '', query], options }) {
    if (options.asking && query !== undefined) throw usage('QUERY goes without --asking');
    await withServer(context, { as: 'account', deadline: 'command' }, async (connected) => {
      const { client, signal, info } = connected;
      const { id } = await findRoom(connected, typed);
      if (options.asking) return listAsking(connected, id);
      let after: string | undefined;
      for (;;) {
        const page = { limit: limits.membersPage, ...(query && { query }), ...(after !== undefined && { after }) };
        const reply = await client.request('member.list', { room: id, ...page }, { signal });
        for (const { person, role, status, mutedUntil } of reply.members) {
          const user = userLabel(person, info.server.name);
          const muted = mutedUntil !== undefined;
          if (context.json) {
            const { id: userId, kind, display = null } = person;
            await context.printJson({ user, userId, name: person.name, display, kind, role, status, muted });
          } else {
            const words = [role.padEnd(10), status.padEnd(8), muted && '(muted)', cleanLine(person.display ?? '')];
            await context.print([cleanLine(user).padEnd(32), ...words].filter(Boolean).join(' ').trimEnd());
          }
        }
        after = reply.members.at(-1)?.person.id;
        if (!reply.more || after === undefined) return;
      }
    });
  },
});

async function listAsking({ context, client, signal, info }: Connected, room: string): Promise<void> {
  const { knocking } = await client.request('member.knocking', { room }, { signal });
  for (const { person } of knocking) {
    const user = userLabel(person, info.server.name);
    const { id: userId, kind, name, display = null } = person;
    if (context.json) await context.printJson({ user, userId, name, display, kind, asking: true });
    else await context.print([cleanLine(user).padEnd(32), cleanLine(display ?? '')].join(' ').trimEnd());
  }
}

/** Says what was done with a room. */
async function done(context: Context, view: RoomView, what: string): Promise<void> {
  const room = roomLabel(view);
  if (context.json) await context.printJson({ room, id: view.id, [what]: true });
  else context.say(`${what} ${cleanLine(room)}`);
}
