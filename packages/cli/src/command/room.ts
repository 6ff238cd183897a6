/** Making, finding, joining and leaving rooms. */
import { type Client, roomAddress, roomLabel } from '@parley/client';
import { limits, type Person, Refusal, type RoomView, serverOf } from '@parley/protocol';
import { cleanLine } from '@parley/terminal';
import type { Context } from '../context.ts';
import { meetServers, userLabel } from '../entry-json.ts';
import { exits, Failure, usage } from '../exit.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { findRoom, roomName, viewLabel } from '../session/room.ts';
import { command } from './command.ts';

export const roomArgument = {
  name: 'ROOM',
  about:
    "Its name, as '#ops' (quoted) or ops, or its id; of another server as '#ops:chat.example.org'; a conversation as '@bob'.",
} as const;
/** Where one talks. */
export const placeArgument = { ...roomArgument, about: `${roomArgument.about.slice(0, -1)}; a channel as '~lobby'.` };
const historyRules = ['since-join', 'all', 'world'] as const;

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
    if (name.server !== undefined) throw usage('a room is made on your own server: leave the server out');
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
      await done(context, roomLabel(room.summary.get()), room.id, 'made');
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
      const { client } = connected;
      const view = await findRoom(connected, typed);
      const label = viewLabel(view, client.servers);
      const refused = (error: unknown) => Promise.reject(later(client, view, asking(view, label, error)));
      const room = await client.join(roomAddress(view)).catch(refused);
      await done(context, roomLabel(room.summary.get()), view.id, 'joined');
    });
  },
});

/** Where one's own server goes on by itself, that is said. */
function later(client: Client, view: RoomView, error: unknown): unknown {
  if (view.server === undefined || !(error instanceof Refusal) || error.code !== 'unavailable') return error;
  const server = client.servers.of(view.server).label;
  const message = `${server} did not answer: your server goes on trying, and parley rooms lists the room when you are in`;
  return new Failure(exits.network, error.code, message, { cause: error });
}

/** Where one has to ask, what to do is said. */
function asking(view: RoomView, label: string, error: unknown): unknown {
  const mayAsk = view.joinRule === 'knock' && error instanceof Refusal && error.code === 'not-invited';
  if (!mayAsk) return error;
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
      const request = { room: view.id, clientId: client.newClientId() };
      const how = held ? await held.leave() : (await client.request('room.leave', request, { signal })).outcome;
      const label = viewLabel(view, client.servers);
      if (how !== 'queued') return done(context, label, view.id, 'left');
      if (context.json) await context.printJson({ room: label, id: view.id, queued: true });
      else context.say(`leave: queued in ${cleanLine(label)} until the room’s server has decided`);
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
      const { client, signal } = connected;
      const { id } = await findRoom(connected, typed);
      if (options.asking) return listAsking(connected, id);
      let after: string | undefined;
      for (;;) {
        const page = { limit: limits.membersPage, ...(query && { query }), ...(after !== undefined && { after }) };
        const reply = await client.request('member.list', { room: id, ...page }, { signal });
        await meetServers(
          connected,
          reply.members.map(({ person }) => person.id),
        );
        for (const { person, role, status, mutedUntil } of reply.members) {
          const muted = mutedUntil !== undefined;
          if (context.json) await context.printJson({ ...personJson(connected, person), role, status, muted });
          else await printPerson(connected, person, [role.padEnd(10), status.padEnd(8), muted && '(muted)']);
        }
        after = reply.members.at(-1)?.person.id;
        if (!reply.more || after === undefined) return;
      }
    });
  },
});

async function listAsking(connected: Connected, room: string): Promise<void> {
  const { context, client, signal } = connected;
  const { knocking } = await client.request('member.knocking', { room }, { signal });
  await meetServers(
    connected,
    knocking.map(({ person }) => person.id),
  );
  for (const { person } of knocking) {
    if (context.json) await context.printJson({ ...personJson(connected, person), asking: true });
    else await printPerson(connected, person, []);
  }
}

function personJson({ client, info }: Connected, { id, name, display, server, kind }: Person) {
  const label = client.servers.labelOf(id, server);
  const user = userLabel({ name, server: label }, info.server.name);
  return { user, userId: id, server: serverOf(id), name, display: display ?? null, kind };
}

/** Only a server that is not one's own is worth a word. */
async function printPerson(
  { context, client }: Connected,
  { id, name, display = '', server }: Person,
  words: readonly (string | false)[],
): Promise<void> {
  const label = client.servers.labelOf(id, server);
  const user = `@${name}${label === undefined ? '' : `:${label}`}`;
  await context.print([cleanLine(user).padEnd(32), ...words, cleanLine(display)].filter(Boolean).join(' ').trimEnd());
}

/** Says what was done with a room. */
async function done(context: Context, room: string, id: string, what: string): Promise<void> {
  if (context.json) await context.printJson({ room, id, [what]: true });
  else context.say(`${what} ${cleanLine(room)}`);
}
