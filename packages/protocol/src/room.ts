/** Rooms: making, finding, coming and going, their settings. */
import { event, request } from './define.ts';
import { position, rawEntry } from './entry.ts';
import {
  choice,
  count,
  flag,
  type Infer,
  integer,
  line,
  list,
  literal,
  nullable,
  optional,
  record,
  text,
  view,
} from './field.ts';
import { alias, clientId, roomId, serverId, serverLabel, userId } from './id.ts';
import { historyRule, joinRule, permissionTable, retentionDays, serverRule } from './kind.ts';
import { limits } from './limits.ts';
import { actReply } from './outcome.ts';
import { role } from './role.ts';
import { person } from './user.ts';

/**
 * What one is to a room. `watching`: a guest who reads and has not spoken; `knocking`: one has asked to be let in;
 * `archive`: a read-only copy that one imported.
 */
export const membership = choice(['member', 'watching', 'invited', 'knocking', 'archive', 'none']);

export const roomView = view({
  id: roomId,
  /** The server that keeps its log, when it is another one. */
  server: optional(serverId),
  alias: optional(alias),
  title: text(limits.roomTitle),
  topic: text(limits.topic),
  head: position,
  joinRule,
  listed: flag(),
  history: historyRule,
  retentionDays: optional(retentionDays),
  slowModeMs: count(),
  permissions: permissionTable,
  /** Absent: those of every server may take part. */
  servers: optional(serverRule),
  members: count(),
  createdAt: count(),
  /** A conversation of two: with whom, and whether they are in it, asked or neither. Their name is the title. */
  direct: optional(view({ person, membership: choice(['member', 'invited', 'none']) })),
  me: view({
    membership,
    role: optional(role),
    /** Unix ms; null = until lifted; absent = not muted. */
    mutedUntil: optional(nullable(count())),
    invitedBy: optional(userId),
  }),
});
export type RoomView = Infer<typeof roomView>;

/** A room with everything a client needs to follow it from here. */
export const roomSync = view({
  room: roomView,
  /** `resumed`: `entries` follow the cursor without a gap. `reset`: forget what is held; `entries` are the newest rows. */
  mode: choice(['resumed', 'reset']),
  entries: list(rawEntry, limits.syncTail),
  marker: count(),
  unread: count(),
  mentions: count(),
});
export type RoomSync = Infer<typeof roomSync>;

const changes = {
  alias: optional(alias),
  title: optional(line(limits.roomTitle)),
  topic: optional(text(limits.topic)),
  joinRule: optional(joinRule),
  listed: optional(flag()),
  history: optional(historyRule),
  /** 0 = nothing is kept on disk, null = for ever. */
  retentionDays: optional(nullable(retentionDays)),
  slowModeMs: optional(integer(0, limits.slowModeMs)),
  permissions: optional(permissionTable),
  /** In place of what was said before. The people of a server that is denied are removed. */
  servers: optional(serverRule),
};

export const room = {
  create: request({
    about:
      'Makes a room; the caller is its owner. Without `joinRule` it is public and listed. Sent again under its `clientId`, it answers with the room as it is now.',
    from: 'account',
    rate: 'create',
    payload: record({ ...changes, alias, clientId }),
    reply: view({ sync: roomSync }),
    errors: ['name-taken', 'too-many', 'not-found', 'not-a-member'],
  }),
  list: request({
    about:
      'Public rooms of this server, or of the one that is named, by name; `after` is the alias of the last one seen.',
    from: 'guest',
    payload: record({
      server: optional(serverLabel),
      query: optional(line(limits.alias)),
      after: optional(alias),
      limit: integer(1, limits.roomsPage),
    }),
    reply: view({ rooms: list(roomView, limits.roomsPage), more: flag() }),
    errors: ['not-found', 'unavailable'],
  }),
  resolve: request({
    about: 'The room of an alias here, or on the server that is named, if the caller may know of it.',
    from: 'guest',
    payload: record({ alias, server: optional(serverLabel) }),
    reply: view({ room: roomView }),
    errors: ['not-found', 'unavailable'],
  }),
  get: request({
    about: 'One room as the caller sees it.',
    from: 'guest',
    payload: record({ room: roomId }),
    reply: view({ room: roomView }),
    errors: ['not-found'],
  }),
  join: request({
    about:
      'Joins; a guest watches until they speak. `server` names one that knows the room, where this one does not: when it cannot be asked now the answer is `unavailable`, and `room.added` comes when it could.',
    from: 'guest',
    rate: 'create',
    payload: record({ room: roomId, clientId, server: optional(serverLabel) }),
    reply: view({ sync: roomSync }),
    errors: ['not-found', 'not-invited', 'banned', 'too-many', 'guests-refused', 'unavailable'],
  }),
  knock: request({
    about:
      'Asks to be let in where the join rule is `knock`; whoever may invite there lets one in or turns one down. `server` names one that knows the room, where this one does not.',
    from: 'account',
    rate: 'create',
    payload: record({ room: roomId, clientId, server: optional(serverLabel) }),
    reply: actReply,
    errors: ['not-found', 'not-invited', 'already-a-member', 'duplicate', 'banned', 'too-many'],
  }),
  leave: request({
    about:
      'Leaves, or stops watching, declines an invitation or withdraws a knock. `queued`: the server that keeps the room has not heard of it yet; `room.removed` comes when it has.',
    from: 'guest',
    payload: record({ room: roomId, clientId }),
    reply: view({ outcome: optional(literal('queued')) }),
    errors: ['not-a-member'],
  }),
  settings: request({
    about:
      'Changes what is named. Title, topic: `manage-info`; alias, join rule, listing: `manage-links`; history and retention: `manage-history`; permissions: `manage-roles`.',
    from: 'account',
    room: { as: 'member' },
    rate: 'create',
    payload: record({ room: roomId, clientId, ...changes }),
    reply: actReply,
    errors: ['forbidden', 'name-taken', 'not-a-member'],
  }),
  added: event({ about: 'You are in a room now, through this or another device.', payload: view({ sync: roomSync }) }),
  invited: event({ about: 'Somebody invites you.', payload: view({ room: roomView }) }),
  changed: event({
    about: 'Title, rules or your own role changed, or you have asked to be let in.',
    payload: view({ room: roomView }),
  }),
  removed: event({
    about: 'You are no longer in a room, or an invitation or a knock is over.',
    payload: view({
      room: roomId,
      how: choice(['left', 'kicked', 'banned', 'declined', 'revoked', 'withdrawn', 'denied', 'erased']),
    }),
  }),
};
