/**
 * The kinds of entries of a room's log. `data` stands in the header and is all that the fold reads; `body` is a part
 * beside the log and can be taken away. A kind that is not in this table is kept, shown as unknown and folds to nothing.
 */
import { content } from './content.ts';
import {
  choice,
  count,
  dictionary,
  flag,
  type Infer,
  integer,
  line,
  list,
  optional,
  record,
  type Schema,
  text,
} from './field.ts';
import { alias, serverId, userId } from './id.ts';
import { limits } from './limits.ts';
import { permission, role } from './role.ts';

interface Kind<D, B> {
  about: string;
  data: Schema<D> | undefined;
  body: Schema<B> | undefined;
  /** Names another message. */
  target: boolean;
  /** Shown as a row of its own in a timeline. */
  row: boolean;
}

function kind<D extends Schema<unknown>, B extends Schema<unknown>>(of: {
  about: string;
  data?: D;
  body?: B;
  target?: boolean;
  row?: boolean;
}): Kind<Infer<D>, Infer<B>> {
  const { about, data, body, target = false, row = true } = of;
  return { about, data: data as Schema<Infer<D>> | undefined, body: body as Schema<Infer<B>> | undefined, target, row };
}

export const joinRule = choice(['public', 'invite', 'knock']);
export type JoinRule = Infer<typeof joinRule>;
/** Who may read an entry: those who were members at it, all members, or anybody. */
export const historyRule = choice(['since-join', 'all', 'world']);
export type HistoryRule = Infer<typeof historyRule>;
/** How long content is kept: days, 0 = never on disk; absent = for ever. */
export const retentionDays = integer(0, limits.retentionDays);
export const durationMs = integer(1, limits.durationMs);
/** Servers whose people may not take part; where some are allowed, no others may but that which keeps the room. */
export const serverRule = record({
  deny: list(serverId, limits.serversNamed),
  allow: optional(list(serverId, limits.serversNamed)),
});
export type ServerRule = Infer<typeof serverRule>;
export const permissionTable = dictionary(role, list(permission, 15), 5);

const rules = {
  alias: optional(alias),
  joinRule: optional(joinRule),
  /** Stands in the public list of rooms. */
  listed: optional(flag()),
  history: optional(historyRule),
  retentionDays: optional(retentionDays),
  keepForever: optional(flag()),
  slowModeMs: optional(integer(0, limits.slowModeMs)),
  permissions: optional(permissionTable),
  servers: optional(serverRule),
};
const info = record({ title: optional(line(limits.roomTitle)), topic: optional(text(limits.topic)) });
const reason = record({ reason: optional(text(limits.reason)) });

export const memberChanges = [
  'invite',
  'decline',
  'revoke',
  'knock',
  'withdraw',
  'deny',
  'join',
  'leave',
  'kick',
  'ban',
  'unban',
] as const;
export type MemberChange = (typeof memberChanges)[number];

export const kinds = {
  create: kind({
    about: 'The first entry: what the room is and who keeps its log. Its hash is the room id.',
    data: record({
      version: integer(1, 65_535),
      network: line(64),
      clerk: serverId,
      encryption: choice(['none']),
      nonce: line(32),
      /** The room is direct: of its maker and this one, and of nobody else ever. No other rules but retention then. */
      direct: optional(userId),
      ...rules,
    }),
    body: info,
  }),
  message: kind({
    about: 'Something said.',
    data: record({ imported: optional(flag()) }),
    body: content,
  }),
  edit: kind({ about: 'New words for an earlier message.', target: true, row: false, body: content }),
  redact: kind({ about: 'Takes the words of a message and its edits away.', target: true, row: false, body: reason }),
  react: kind({
    about: 'An emoji under a message.',
    target: true,
    row: false,
    body: record({ emoji: line(limits.emoji) }),
  }),
  unreact: kind({ about: 'Takes a reaction back; names the reaction.', target: true, row: false }),
  pin: kind({ about: 'Pins a message.', target: true }),
  unpin: kind({ about: 'Unpins a message.', target: true, row: false }),
  member: kind({
    about: 'Somebody comes, goes, is invited, asks to be let in, is removed, banned.',
    data: record({
      change: choice(memberChanges),
      subject: userId,
      /** Of a join: the account is a guest. */
      guest: optional(flag()),
      /** Of a ban: it ends by an unban that the clerk appends. */
      durationMs: optional(durationMs),
    }),
    body: reason,
  }),
  mute: kind({
    about: 'Somebody may not post, react or type; ends by an unmute that the clerk appends.',
    data: record({ subject: userId, durationMs: optional(durationMs) }),
    body: reason,
  }),
  unmute: kind({ about: 'Somebody may speak again.', data: record({ subject: userId }), body: reason }),
  role: kind({ about: 'A new role for a member.', data: record({ subject: userId, role }) }),
  settings: kind({
    about: 'New title, topic or rules. Only what is named changes.',
    data: record({ ...rules, title: optional(flag()), topic: optional(flag()) }),
    body: info,
  }),
  erase: kind({ about: 'Takes away everything that one person wrote here.', data: record({ subject: userId }) }),
  system: kind({
    about: 'A line by the clerk: what an imported log says of joins and renames, for example.',
    data: record({ about: line(32), imported: optional(flag()), count: optional(count()) }),
    body: record({ text: text(limits.messageText) }),
  }),
} as const;

export type KindName = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as KindName[];
export const isKind = (name: string): name is KindName => Object.hasOwn(kinds, name);
export type DataOf<K extends KindName> = (typeof kinds)[K] extends Kind<infer D, unknown> ? D : never;
export type BodyOf<K extends KindName> = (typeof kinds)[K] extends Kind<unknown, infer B> ? B : never;

/** Counts as unread: what people say now. No reactions, edits, membership, imports. */
export const isCountable = ({ kind, data }: { kind: string; data?: unknown }): boolean =>
  kind === 'message' && (data as { imported?: boolean } | undefined)?.imported !== true;
/** Shown as a row of its own. Unknown kinds are not. */
export const isRow = (name: string): boolean => isKind(name) && kinds[name].row;
