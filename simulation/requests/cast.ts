// A closed room with somebody of every standing towards it, and the world around it.

import type { Client } from '@parley/client';
import type { Role } from '@parley/protocol';
import { Home } from '../home.ts';
import { password, Scene } from '../scene.ts';
import { World } from '../world.ts';
import type { About } from './samples.ts';

export type Standing =
  | 'anonymous'
  | 'guest'
  | 'stranger'
  | 'banned'
  | 'invited'
  | 'knocking'
  | 'muted'
  | 'operator'
  | Role;

export interface Caller {
  standing: Standing;
  client: Client;
  /** In the room. */
  role: Role | undefined;
  isMuted: boolean;
}

export interface Cast {
  scene: Scene;
  about: About;
  callers: Caller[];
}

export async function assemble(): Promise<Cast> {
  const world = new World(1);
  const home = new Home(world, 'home', { loadedRooms: 100 });
  const scene = new Scene(world, home);
  await scene.sure('the start', home.start());
  const enter = async (standing: Standing, role?: Role): Promise<Caller> => {
    const account = standing !== 'anonymous' && standing !== 'guest';
    const person = scene.person(standing, 1, account);
    const client = person.devices[0]!.start();
    const name = standing;
    if (account) await scene.sure(standing, client.register({ name, password }));
    else if (standing === 'guest') await scene.sure(standing, client.guest(name));
    else await scene.sure(standing, client.start());
    return { standing, client, role, isMuted: standing === 'muted' };
  };
  const owner = await enter('owner', 'owner');
  await scene.sure('claiming', owner.client.request('account.claim', { secret: home.ownerSecret! }));
  const room = await scene.sure('making', owner.client.create({ alias: 'chamber', joinRule: 'public' }));
  const callers = [owner];
  for (const role of ['admin', 'moderator', 'member'] as const) callers.push(await enter(role, role));
  callers.push(await enter('muted', 'member'), await enter('banned'));
  for (const { client } of callers.slice(1)) await scene.sure('joining', client.join(room.id));
  const insider = await enter('guest', 'guest');
  const inside = await scene.sure('watching', insider.client.join(room.id));
  await scene.sure('a guest speaks', inside.send('good evening'));
  callers.push(insider, await enter('invited'), await enter('knocking'));
  callers.push(await enter('stranger'), await enter('anonymous'));
  return { scene, about: await furnish(scene, owner.client, room.id, callers), callers };
}

async function furnish(scene: Scene, owner: Client, id: string, callers: readonly Caller[]): Promise<About> {
  const room = owner.room(id)!;
  const user = (standing: Standing) => callers.find((each) => each.standing === standing)!.client.me.get()!.user;
  const on = (standing: Standing) => ({ room: id, user: user(standing), clientId: `on-${standing}` });
  const ask = (what: string, promise: Promise<unknown>) => scene.sure(what, promise);
  for (const role of ['admin', 'moderator'] as const)
    await ask(role, owner.request('member.setRole', { ...on(role), role }));
  await ask('muting', owner.request('member.mute', on('muted')));
  await ask('banning', owner.request('member.ban', on('banned')));
  await ask('asking', owner.request('room.settings', { room: id, clientId: 'ask', joinRule: 'knock' }));
  const knocker = callers.find((each) => each.standing === 'knocking')!.client;
  await ask('knocking', knocker.request('room.knock', { room: id, clientId: 'knock' }));
  await ask('closing', owner.request('room.settings', { room: id, clientId: 'close', joinRule: 'invite' }));
  await ask('inviting', owner.request('member.invite', on('invited')));
  await ask('saying', room.send('welcome', { clientId: 'message' }));
  const message = { user: user('owner'), clientId: 'message' };
  await ask('reacting', room.react(message, '👍', { clientId: 'reaction' }));
  return {
    room: id,
    message,
    reaction: { ...message, clientId: 'reaction' },
    member: user('member'),
    invited: user('invited'),
    knocking: user('knocking'),
    banned: user('banned'),
    session: owner.me.get()!.session,
  };
}

/** Every row of every table, to see whether anything changed. */
export async function dump({ home }: Scene): Promise<string> {
  const tables = await home.disk.rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
  const rows = await Promise.all(
    tables.map(async ({ name }) => [name, await home.disk.rows(`SELECT * FROM "${name}"`)] as const),
  );
  return JSON.stringify(rows, (_key, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
}

export function dismiss({ home, devices }: Scene): void {
  home.crash();
  for (const device of devices) device.kill();
}
