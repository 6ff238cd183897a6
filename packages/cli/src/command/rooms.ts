/** Lists rooms: one's own, and the public ones of one's own server or of another. */
import { type RoomSummary, readServer } from '@parley/client';
import { limits, Refusal, type RoomView } from '@parley/protocol';
import { cleanLine } from '@parley/terminal';
import type { Context } from '../context.ts';
import { exits, Failure, usage } from '../exit.ts';
import { loadProfile } from '../profile/profile.ts';
import { serverUrl } from '../profile/server-url.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { viewLabel } from '../session/room.ts';
import { command } from './command.ts';

export const rooms = command({
  name: 'rooms',
  group: 'Rooms',
  about: 'Lists your rooms with what is unread, and invitations; or all public rooms of a server.',
  details:
    'Another server is asked by your own, which must know it (parley peers). --server NAME does the same as --at NAME where\nyou have no account on the server of that name.',
  examples: ['parley rooms', 'parley rooms --public ubu', 'parley rooms --at chat.example.org'],
  arguments: [{ name: 'QUERY', about: 'Part of a name, with --public or --at.', optional: true }],
  options: {
    public: { about: 'Lists the public rooms of your server instead.' },
    at: { value: 'SERVER', about: 'Lists those of another server instead, by its name or id.' },
  },
  async run(given, { arguments: [query], options }) {
    const { context, at = options.at } = await meant(given, options.at);
    if (query !== undefined && !options.public && at === undefined) throw usage('QUERY goes with --public or --at');
    const server = at === undefined ? undefined : readServer(at);
    if (at !== undefined && server === undefined)
      throw usage(`“${at}” is no name of a server: write its name, as chat.example.org, or its id`);
    await withServer(context, { as: 'account', deadline: 'command' }, async (connected) => {
      const { client } = connected;
      if (options.public || server !== undefined) return listPublic(connected, query?.replace(/^#/, ''), server);
      for (const summary of client.rooms.get()) await printRoom(connected, summary.view, summary);
      for (const view of client.invitations.get()) await printRoom(connected, view);
    });
  },
});

/** `--server` with the name of a server where one has no account: one's own server is to ask it. */
async function meant(context: Context, at: string | undefined): Promise<{ context: Context; at?: string }> {
  const { shell, server } = context;
  const own = shell.env.PARLEY_SERVER || undefined;
  if (at !== undefined || server === undefined || server === own || readServer(server) === undefined)
    return { context };
  const { servers, server: last } = await loadProfile(context.profileFolder);
  const isOwn = servers[serverUrl(server)]?.account !== undefined;
  return isOwn || (own ?? last) === undefined ? { context } : { context: { ...context, server: own }, at: server };
}

async function listPublic(connected: Connected, query: string | undefined, typed: string | undefined): Promise<void> {
  const { client, signal } = connected;
  const server = typed === undefined ? undefined : client.servers.elsewhere(typed);
  const asked = { limit: limits.roomsPage, ...(query && { query }), ...(server !== undefined && { server }) };
  let after: string | undefined;
  for (;;) {
    const page = { ...asked, ...(after !== undefined && { after }) };
    const reply = await client
      .request('room.list', page, { signal })
      .catch((error) => Promise.reject(unknownServer(typed, error)));
    for (const view of reply.rooms) await printRoom(connected, view);
    const last = reply.rooms.at(-1)?.alias;
    if (!reply.more || last === undefined) return;
    after = last;
  }
}

function unknownServer(typed: string | undefined, error: unknown): unknown {
  if (typed === undefined || !(error instanceof Refusal)) return error;
  const { code } = error;
  if (code === 'unavailable')
    return new Failure(exits.network, code, `${typed} cannot be asked now: try again later`, { cause: error });
  if (code !== 'not-found') return error;
  const words = `your server does not know ${typed}: its operator links them with parley connect`;
  return new Failure(exits.forbidden, code, words, { cause: error });
}

async function printRoom({ context, client, info }: Connected, view: RoomView, summary?: RoomSummary): Promise<void> {
  const { title, topic, members, me, server = info.server.id } = view;
  const room = viewLabel(view, client.servers);
  if (context.json) {
    const counts = summary && { unread: summary.unread, mentions: summary.mentions };
    const direct = view.direct && { direct: { userId: view.direct.person.id, membership: view.direct.membership } };
    const about = { room, id: view.id, server, title, topic, members, membership: me.membership };
    await context.printJson({ ...about, ...direct, ...counts });
    return;
  }
  const parts = [
    cleanLine(room).padEnd(24),
    `${members} member${members === 1 ? '' : 's'}`.padEnd(12),
    summary && summary.unread > 0 ? `${summary.unread} unread`.padEnd(12) : ''.padEnd(summary ? 12 : 0),
    standing(view),
    cleanLine(title === (view.alias ?? view.direct?.person.name) ? topic : [title, topic].filter(Boolean).join(': ')),
  ];
  await context.print(parts.filter(Boolean).join(' ').trimEnd());
}

/** What one is to a room where that is not a member, and whether somebody is there to read what one says to them. */
function standing({ me, direct }: RoomView): string {
  if (me.membership === 'invited') return direct ? '(wants to write to you)' : '(invited)';
  if (me.membership === 'archive') return '(archive)';
  return direct?.membership === 'invited' ? '(asked)' : direct?.membership === 'none' ? '(gone)' : '';
}
