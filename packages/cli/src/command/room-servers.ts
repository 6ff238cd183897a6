/** Which servers may take part in a room. */
import { check, type Payload, type RoomView, serverId } from '@parley/protocol';
import type { Context } from '../context.ts';
import { usage } from '../exit.ts';
import { withServer } from '../session/connect.ts';
import { findRoom, viewLabel } from '../session/room.ts';
import { command } from './command.ts';
import { roomArgument } from './room.ts';

const serverArgument = { name: 'SERVER', about: 'Its id, as parley servers and parley peers show it.' } as const;
type ServerRule = NonNullable<Payload<'room.settings'>['servers']>;

export const denyServer = command({
  name: 'deny-server',
  group: 'Rooms',
  about: 'Keeps the people of a server out of a room, and removes those who are in it.',
  details:
    'It takes the permission manage-links, and kick for removing. Nobody keeps out who stands as high as they do.',
  arguments: [roomArgument, serverArgument],
  options: {},
  run: (context, { arguments: [room = '', server = ''] }) =>
    change(context, { room, server, how: 'denied' }, ({ deny, allow = [] }) => ({
      deny: [...deny.filter((each) => each !== server), server],
      allow: allow.filter((each) => each !== server),
    })),
});

export const allowServer = command({
  name: 'allow-server',
  group: 'Rooms',
  about: 'Lets the people of a server come into a room again.',
  arguments: [roomArgument, serverArgument],
  options: { only: { about: 'And from now on those of no other server that is not allowed in the same way.' } },
  run: (context, { arguments: [room = '', server = ''], options }) =>
    change(context, { room, server, how: 'allowed' }, ({ deny, allow = [] }) => ({
      deny: deny.filter((each) => each !== server),
      allow: options.only || allow.length > 0 ? [...allow.filter((each) => each !== server), server] : [],
    })),
});

async function change(
  context: Context,
  { room: typed, server, how }: { room: string; server: string; how: 'denied' | 'allowed' },
  next: (rule: ServerRule) => ServerRule,
): Promise<void> {
  if (!check(serverId, server).ok)
    throw usage(`“${server}” is no id of a server: 52 letters, as parley servers shows it`);
  await withServer(context, { as: 'account', deadline: 'command' }, async (connected) => {
    const { client, signal } = connected;
    const found = await findRoom(connected, typed);
    const { room: view } = await client.request('room.get', { room: found.id }, { signal });
    const servers = next(view.servers ?? { deny: [] });
    await client.request('room.settings', { room: view.id, clientId: client.newClientId(), servers }, { signal });
    if (context.json) await context.printJson({ room: view.id, server, [how]: true });
    else context.say(`${how} ${server} in ${labelOf(view, connected)}`);
  });
}

const labelOf = (view: RoomView, { client }: Parameters<typeof findRoom>[0]): string => viewLabel(view, client.servers);
