/** What a program can ask over `parley rpc`. */
import { roomAddress, type Sent } from '@parley/client';
import { limits } from '@parley/protocol';
import { entryJson, meetServers, namingOf, peopleOf, userLabel } from '../entry-json.ts';
import type { Connected } from '../session/connect.ts';
import { findMessage, findRoom, ownRoom, viewLabel } from '../session/room.ts';
import { BadParams, type Method } from './json-rpc.ts';
import { oneOf, optionalFlag, optionalText, optionalWhole, type Params, text } from './params.ts';
import { Subscriptions } from './subscriptions.ts';

type Answer = (connected: Connected, params: Params, subscriptions: Subscriptions) => Promise<unknown>;

const answers: Readonly<Record<string, Answer>> = {
  whoami,
  rooms,
  join,
  leave,
  send,
  react,
  history,
  subscribe,
  unsubscribe,
};

/** @param notify sends an entry of a subscription */
export function methodsOf(connected: Connected, notify: (entry: object) => Promise<void>): Map<string, Method> {
  const subscriptions = new Subscriptions(connected, notify);
  return new Map(
    Object.entries(answers).map(([name, answer]) => [name, (params) => answer(connected, params, subscriptions)]),
  );
}

async function whoami({ client, info }: Connected): Promise<unknown> {
  const me = client.me.get()!;
  return { user: userLabel(me, info.server.name), userId: me.user, kind: me.kind, serverRole: me.serverRole };
}

async function rooms({ client, info }: Connected): Promise<unknown> {
  const own = info.server.id;
  return client.rooms.get().map(({ view, unread, mentions }) => {
    const { id, title, topic, members } = view;
    const room = viewLabel(view, client.servers);
    return { room, id, server: view.server ?? own, title, topic, members, unread, mentions };
  });
}

async function join(connected: Connected, params: Params): Promise<unknown> {
  const { client } = connected;
  const view = await findRoom(connected, text(params, 'room'));
  const room = await client.join(roomAddress(view));
  return { room: viewLabel(room.summary.get().view, client.servers), id: view.id };
}

async function leave(connected: Connected, params: Params): Promise<unknown> {
  const how = await (await ownRoom(connected, text(params, 'room'))).leave();
  return how === 'queued' ? { queued: true } : {};
}

async function send(connected: Connected, params: Params): Promise<unknown> {
  const room = await ownRoom(connected, text(params, 'room'));
  const clientId = optionalText(params, 'clientId') ?? connected.client.newClientId();
  const options = { clientId, untilDecided: optionalFlag(params, 'wait') };
  const said = text(params, 'text');
  if (params.replyTo === undefined) return placed(await room.send(said, options), clientId);
  const { user, clientId: target } = await findMessage(connected, room.id, String(params.replyTo));
  return placed(await room.send({ text: said, replyTo: { user, clientId: target } }, options), clientId);
}

async function react(connected: Connected, params: Params): Promise<unknown> {
  const room = await ownRoom(connected, text(params, 'room'));
  const { user, clientId: target } = await findMessage(connected, room.id, String(params.message));
  const clientId = connected.client.newClientId();
  return placed(await room.react({ user, clientId: target }, text(params, 'emoji'), { clientId }), clientId);
}

async function history(connected: Connected, params: Params): Promise<unknown> {
  const { client } = connected;
  const view = await findRoom(connected, text(params, 'room'));
  const limit = optionalWhole(params, 'limit') ?? limits.page;
  if (limit < 1 || limit > limits.page) throw new BadParams(`limit is 1 to ${limits.page}`);
  const range = oneOf(params, ['before', 'after']);
  const page = await client.request('history.page', { room: view.id, limit, show: 'everything', ...range });
  const { before, after, from, to } = page;
  const room = viewLabel(view, client.servers);
  const naming = namingOf(connected);
  await meetServers(connected, page.entries.flatMap(peopleOf));
  const entries = page.entries.map((entry) => entryJson(entry, room, naming));
  return { entries, from, to, before, after };
}

async function subscribe(connected: Connected, params: Params, subscriptions: Subscriptions): Promise<unknown> {
  const room = await ownRoom(connected, text(params, 'room'));
  subscriptions.add(room, optionalWhole(params, 'since'));
  return { room: viewLabel(room.summary.get().view, connected.client.servers), id: room.id };
}

async function unsubscribe(connected: Connected, params: Params, subscriptions: Subscriptions): Promise<unknown> {
  const { id } = await findRoom(connected, text(params, 'room'));
  return { ended: subscriptions.remove(id) };
}

function placed(sent: Sent, clientId: string): unknown {
  if (sent === 'queued') return { queued: true, clientId };
  return { seq: sent.seq, at: new Date(sent.at).toISOString(), clientId };
}
