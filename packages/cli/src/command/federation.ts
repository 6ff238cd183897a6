/** Rooms that span servers, for operators: what waits, what stands still, and what to do about it. */
import { check, type PeerRoomView, type Reply, roomId, serverId } from '@parley/protocol';
import { cleanLine, dateTime } from '@parley/terminal';
import { exits, Failure, usage } from '../exit.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { command } from './command.ts';

const roomAbout = 'Its id or #alias, as parley federation status shows it.';

export const federationStatus = command({
  name: 'federation status',
  group: 'Server',
  about: 'Lists the rooms that span servers: what waits in each, who is behind, and what stands still.',
  details:
    'A room that another server keeps shows what waits for that server. One that this server keeps shows the servers of its\nmembers and how many entries each lacks. What is in order is left out with --troubled.',
  examples: ['parley federation status', 'parley federation status --troubled', 'parley federation status --json'],
  arguments: [],
  options: { troubled: { about: 'Only rooms in which something waits or is wrong.' } },
  async run(context, { options }) {
    await withServer(context, { as: 'account', deadline: 'command' }, async (connected) => {
      for await (const room of roomsOf(connected)) {
        if (options.troubled && !isTroubled(room)) continue;
        if (context.json) await context.printJson(jsonOf(room));
        else await context.print(lineOf(room));
      }
    });
  },
});

export const federationRetry = command({
  name: 'federation retry',
  group: 'Server',
  about: 'Does now what the server would do later: dials, hands in what waits, asks for rooms that stand still.',
  examples: ['parley federation retry', 'parley federation retry --room ROOM', 'parley federation retry --of SERVER'],
  arguments: [],
  options: {
    of: { value: 'ID', about: 'Only of this server: its id, as parley peers shows it.' },
    room: { value: 'ROOM', about: `Only in this room: ${roomAbout.toLowerCase()}` },
  },
  async run(context, { options }) {
    const { of: server } = options;
    if (server !== undefined && !check(serverId, server).ok)
      throw usage(`“${server}” is no id of a server: 52 letters, as parley peers shows it`);
    await withServer(context, { as: 'account', deadline: 'command' }, async (connected) => {
      const room = options.room === undefined ? undefined : (await roomOf(connected, options.room)).room;
      const wanted = { ...(server !== undefined && { server }), ...(room !== undefined && { room }) };
      const { dialled, rooms } = await connected.client.request('peer.retry', wanted, { signal: connected.signal });
      if (context.json) await context.printJson({ dialled, rooms });
      else context.say(`dialling ${counted(dialled, 'address', 'addresses')}; trying ${counted(rooms, 'room')} again`);
    });
  },
});

export const federationDrop = command({
  name: 'federation drop',
  group: 'Server',
  about: 'Gives up what waits for another server in one of its rooms.',
  details:
    'For a server that is gone for good. Everybody whose message waits is told that it was not sent. Had that server taken one\nalready without saying so, it stands in the room all the same.',
  arguments: [{ name: 'ROOM', about: roomAbout }],
  options: {},
  async run(context, { arguments: [typed = ''] }) {
    await withServer(context, { as: 'account', deadline: 'command' }, async (connected) => {
      const { room } = await roomOf(connected, typed);
      const { dropped } = await connected.client.request('peer.drop', { room }, { signal: connected.signal });
      if (context.json) await context.printJson({ room, dropped });
      else context.say(`gave up ${counted(dropped, 'message or act', 'messages and acts')} in ${room}`);
    });
  },
});

/** All of them, page by page. */
async function* roomsOf({ client, signal }: Connected): AsyncGenerator<PeerRoomView> {
  for (let page: Reply<'peer.rooms'> | undefined; page === undefined || page.more; ) {
    const after = page?.rooms.at(-1)?.room;
    page = await client.request('peer.rooms', after === undefined ? {} : { after }, { signal });
    yield* page.rooms;
  }
}

/** The room of an id or an alias that only one of them has. */
async function roomOf(connected: Connected, typed: string): Promise<PeerRoomView> {
  const alias = check(roomId, typed).ok ? undefined : typed.replace(/^#/, '');
  const found: PeerRoomView[] = [];
  for await (const room of roomsOf(connected))
    if (alias === undefined ? room.room === typed : room.alias === alias) found.push(room);
  if (found.length > 1) throw usage(`several rooms are called “${typed}”: give the id of one`);
  if (!found[0]) throw new Failure(exits.forbidden, 'not-found', `no room “${typed}” spans servers here`);
  return found[0];
}

const isTroubled = ({ waiting, servers, still, forbidden }: PeerRoomView): boolean =>
  Boolean(waiting ?? still ?? forbidden) || servers.some(({ behind }) => behind !== 0);

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

function lineOf(view: PeerRoomView): string {
  const { room, alias, title, clerk, seq, waiting, servers, furtherServers, still, forbidden } = view;
  const name = alias === undefined ? cleanLine(title || room) : `#${alias}`;
  const said = [
    ...(waiting ? [`${counted(waiting.acts, 'act')} wait, the oldest since ${dateTime(waiting.oldestAt)}`] : []),
    ...(still ? [`stands still since ${dateTime(still.since)}: the ${cleanLine(still.field)} does not hold`] : []),
    ...(forbidden
      ? [`${counted(forbidden.entries, 'forbidden entry', 'forbidden entries')}, the last ${forbidden.lastSeq}`]
      : []),
    ...servers.map(({ server, isLinked, behind }) => `${server} ${placeOf(isLinked, behind)}`),
    ...(furtherServers > 0 ? [`and ${counted(furtherServers, 'further server')}`] : []),
  ];
  const how = said.length === 0 ? '' : ` (${said.join('; ')})`;
  return `${room}  ${name === '' ? '' : `${name}  `}kept by ${clerk}, at ${seq}${how}`;
}

function placeOf(isLinked: boolean, behind: number | undefined): string {
  if (!isLinked) return 'is not linked';
  if (behind === undefined) return 'has not said where it is';
  return behind === 0 ? 'has all' : `lacks ${behind}`;
}

function jsonOf(view: PeerRoomView) {
  const { room, alias, title, clerk, seq, waiting, servers, furtherServers, still, forbidden } = view;
  return {
    room,
    alias: alias ?? null,
    title,
    clerk,
    seq,
    waiting: waiting ? { acts: waiting.acts, oldestAt: new Date(waiting.oldestAt).toISOString() } : null,
    servers: servers.map(({ server, isLinked, behind }) => ({ server, linked: isLinked, behind: behind ?? null })),
    furtherServers,
    still: still ? { field: still.field, since: new Date(still.since).toISOString() } : null,
    forbidden: forbidden ?? null,
  };
}
