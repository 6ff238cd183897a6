/** What each command does. The server decides whether it may. */
import { check, isChannel, type MessageRef, normalizeAlias, Refusal, type Role, roomId } from '@parley/protocol';
import type { Channel, Client, Room } from '../api.ts';
import { parseDuration } from './duration.ts';
import { type Among, findEmoji, findMessage, findPerson } from './find.ts';
import type { Values } from './parse.ts';
import { type Command, type CommandName, findCommand } from './registry.ts';

export interface Call {
  client: Client;
  /** The room it was typed in; there for every command that is `inRoom`. */
  room: Room;
  /** The message that is chosen, if any. */
  target: MessageRef | undefined;
  values: Values;
}

/** What came of a command. */
export type Done =
  /** `queued`: one's own server keeps it until the room's server, which is another one, has decided. */
  | { kind: 'done'; queued?: true }
  /** This room is to be shown. */
  | { kind: 'opened'; room: Room }
  /** This channel is to be shown. */
  | { kind: 'listening'; channel: Channel }
  /** One is no longer in this room. */
  | { kind: 'left'; room: string }
  /** To be shown; `command` when help for one was asked. */
  | { kind: 'help'; command: Command | undefined };

type Handler = (call: Call) => Promise<Done>;

const done: Done = { kind: 'done' };
const after = async (work: Promise<unknown>): Promise<Done> => {
  const reply = await work;
  const isQueued = reply === 'queued' || (reply as { outcome?: unknown } | undefined)?.outcome === 'queued';
  return isQueued ? { kind: 'done', queued: true } : done;
};

export const handlers: Record<CommandName, Handler> = {
  help: async ({ values }) => ({ kind: 'help', command: findCommand((values.command ?? '').replace(/^\//, '')) }),
  join: async ({ client, values }) => {
    const typed = values.room ?? '';
    if (isChannel(typed)) return { kind: 'listening', channel: await client.joinChannel(typed) };
    return { kind: 'opened', room: await client.join(typed) };
  },
  knock: async ({ client, values }) => {
    const typed = values.room ?? '';
    const { id: room, server } = check(roomId, typed).ok ? { id: typed } : await client.resolve(typed);
    const at = server === undefined ? {} : { server };
    return after(client.request('room.knock', { room, clientId: client.newClientId(), ...at }));
  },
  create: async ({ client, values }) => {
    const isPrivate = values.who?.toLowerCase() === 'private';
    const rule = isPrivate ? ({ joinRule: 'invite', listed: false } as const) : {};
    return { kind: 'opened', room: await client.create({ alias: normalizeAlias(values.room ?? ''), ...rule }) };
  },
  msg: async ({ client, values }) => {
    const room = await client.direct(values.person ?? '');
    if (values.text !== undefined) await room.send(values.text);
    return { kind: 'opened', room };
  },
  nick: ({ client, values }) => after(client.request('account.setProfile', { display: values.name ?? '' })),
  leave: async ({ room }) => {
    const how = await room.leave();
    return how === 'queued' ? { kind: 'done', queued: true } : { kind: 'left', room: room.id };
  },
  me: ({ room, values }) => after(room.send({ text: values.action ?? '', action: true })),
  topic: ({ client, room, values }) =>
    after(client.request('room.settings', { ...named(client, room), topic: values.text ?? '' })),
  invite: async (call) => after(call.client.request('member.invite', await about(call, 'server'))),
  kick: async (call) => {
    try {
      return await after(call.client.request('member.kick', { ...(await about(call, 'members')), ...why(call) }));
    } catch (error) {
      if (!isNobody(error)) throw error;
      const on = await about(call, 'knocking').catch(() => Promise.reject(error));
      return after(call.client.request('member.deny', { ...on, ...why(call) }));
    }
  },
  mute: async (call) =>
    after(call.client.request('member.mute', { ...(await about(call, 'members')), ...span(call), ...why(call) })),
  unmute: async (call) =>
    after(call.client.request('member.unmute', { ...(await about(call, 'members')), ...why(call) })),
  ban: async (call) =>
    after(call.client.request('member.ban', { ...(await about(call, 'bannable')), ...span(call), ...why(call) })),
  unban: async (call) => after(call.client.request('member.unban', { ...(await about(call, 'banned')), ...why(call) })),
  role: async (call) => {
    const role = (call.values.role ?? '').toLowerCase() as Role;
    return after(call.client.request('member.setRole', { ...(await about(call, 'members')), role }));
  },
  pin: async (call) => after(call.room.pin(await meant(call))),
  unpin: async (call) => after(call.room.unpin(await meant(call))),
  react: async (call) => {
    const emoji = findEmoji(call.values.emoji ?? '');
    if (emoji === undefined) throw new Refusal('not-found');
    return after(call.room.react(await meant(call), emoji));
  },
};

const isNobody = (error: unknown): boolean =>
  error instanceof Refusal && (error.code === 'not-found' || error.code === 'unknown-target');

const named = (client: Client, room: Room) => ({ room: room.id, clientId: client.newClientId() });

async function about({ client, room, values }: Call, among: Among) {
  return { ...named(client, room), user: await findPerson(client, room, values.person ?? '', among) };
}

const why = ({ values: { reason } }: Call) => (reason === undefined ? {} : { reason });

function span({ values }: Call): { durationMs?: number } {
  const ms = parseDuration(values.duration ?? '');
  return ms === undefined ? {} : { durationMs: ms };
}

async function meant({ client, room, target, values }: Call): Promise<MessageRef> {
  if (values.message === undefined && target) return target;
  return findMessage(client, room, values.message === undefined ? undefined : Number(values.message));
}
