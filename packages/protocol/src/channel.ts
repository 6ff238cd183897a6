/**
 * Ephemeral channels, `~lobby`: who listens hears what is said now, on every server that is linked, also by way of
 * others. Nothing is kept anywhere and nothing is sent twice; what was missed shows in the numbers of its sender.
 */
import { event, request } from './define.ts';
import { bytes, count, flag, type Infer, integer, list, optional, record, text, view } from './field.ts';
import { alias, clientId, normalizeAlias, serverId, userId } from './id.ts';
import { limits } from './limits.ts';

/** Links between servers that words pass at most. */
export const channelHops = 8;

const name = alias;

/** Whether what a person typed means a channel. */
export const isChannel = (typed: string): boolean => typed.trimStart().startsWith('~');

/** Puts what a person typed as a channel's name, with or without `~`, into its one form. */
export const normalizeChannel = (typed: string): string => normalizeAlias(typed.trim().replace(/^~/, ''));

const shownName = text(limits.displayName);
/** Label of the server of somebody who is not of this one. */
const server = optional(text(255));

/** Where a sender's numbers count from 1: drawn anew by the sender's server when it counts from there again. */
export const channelRun = bytes(8);

export const channelReach = view({
  /** Connections of this server that listen. */
  here: count(),
  /** Other servers on which somebody listens, the nearest first; of those far away some may be missing. */
  servers: list(view({ id: serverId, /** Links to there. */ hops: integer(1, channelHops) }), limits.channelServers),
});
export type ChannelReach = Infer<typeof channelReach>;

export const channelPerson = view({
  user: userId,
  name: shownName,
  server,
  /** Whether they listen on this server now; of others it is known only that they spoke. */
  here: flag(),
  /** When they spoke last, by this server's clock, Unix ms. */
  heardAt: optional(count()),
});
export type ChannelPerson = Infer<typeof channelPerson>;

export const channel = {
  join: request({
    about: 'Listens to a channel on this connection, until it leaves or ends. The name is without `~`.',
    from: 'guest',
    payload: record({ name }),
    reply: view({ reach: channelReach }),
    errors: ['too-many'],
  }),
  leave: request({
    about: 'Listens no more.',
    from: 'guest',
    payload: record({ name }),
    reply: view({}),
  }),
  send: request({
    about:
      'Says something to whoever listens now, whether or not one listens oneself. At most once: when the answer is lost, nobody knows whether it was heard.',
    from: 'guest',
    rate: 'send',
    payload: record({ name, clientId, text: text(limits.channelText), action: optional(flag()) }),
    reply: view({ run: channelRun, seq: integer(1, Number.MAX_SAFE_INTEGER), at: count(), reach: channelReach }),
    errors: ['too-fast'],
  }),
  list: request({
    about: 'Who is heard of in a channel: who listens on this server, and who spoke since somebody here did.',
    from: 'guest',
    payload: record({ name }),
    reply: view({ reach: channelReach, people: list(channelPerson, limits.channelPeople) }),
  }),
  said: event({
    about:
      'Somebody says something. Words of one sender come in order, each once; their numbers rise by one unless something was lost.',
    payload: view({
      name,
      user: userId,
      by: shownName,
      server,
      run: channelRun,
      seq: integer(1, Number.MAX_SAFE_INTEGER),
      /** By the clock of the sender's server, Unix ms. */
      at: count(),
      text: text(limits.channelText),
      action: optional(flag()),
      /** Of the request, for people of this server. */
      clientId: optional(clientId),
    }),
  }),
  gap: event({
    about: 'Words of a sender did not come here, and will not. Told before those that came after them.',
    payload: view({
      name,
      user: userId,
      by: shownName,
      server,
      missed: integer(1, Number.MAX_SAFE_INTEGER),
    }),
  }),
  changed: event({
    about: 'Another reach: somebody came or went, here or elsewhere. Once a second at most.',
    payload: view({ name, reach: channelReach }),
  }),
};
