/**
 * What a person may do at a position. Headers only, no clock: clerk and followers come to the same answer, so a clerk that
 * appends what is forbidden is caught by everybody.
 */
import {
  check,
  type DataOf,
  defaultPermissions,
  type ErrorCode,
  guestPermissions,
  isKind,
  type KindName,
  kinds,
  limits,
  type MemberChange,
  type Permission,
  type Role,
  rank,
  type ServerRule,
  serverOf,
} from '@parley/protocol';
import type { Act } from './act.ts';
import { directRefusal, isOfTwo } from './direct.ts';
import { can, denies, isDenied, type Member, pinKey, type RoomState } from './state.ts';

type Rule<K extends KindName> = (state: RoomState, me: Member, act: Act, data: DataOf<K>) => ErrorCode | undefined;

/**
 * The code of the refusal, or undefined when `act` is allowed now.
 * A kind that this version does not know is allowed to members: it folds to nothing.
 */
export function refusalOf(state: RoomState, act: Act): ErrorCode | undefined {
  if (act.room !== state.id) return 'forbidden';
  const me = state.members.get(act.user);
  if (!isKind(act.kind)) return !me ? 'not-a-member' : isDenied(state, serverOf(act.user)) ? 'banned' : undefined;
  const { data: schema, target } = kinds[act.kind];
  if (schema && !check<unknown>(schema, act.data ?? {}).ok) return 'bad-request';
  if (target && !act.target) return 'bad-request';
  if (isDenied(state, serverOf(act.user)) && !isLeaving(act)) return 'banned';
  const direct = directRefusal(state, act);
  if (direct) return direct;
  if (act.kind === 'member') return memberRefusal(state, me, act, act.data as DataOf<'member'>);
  if (state.bans.has(act.user)) return 'banned';
  if (!me) return 'not-a-member';
  const rule = rules[act.kind] as Rule<KindName>;
  return rule(state, me, act, (act.data ?? {}) as DataOf<KindName>);
}

/** What people of a server that is denied may do still. */
const leavings: ReadonlySet<unknown> = new Set<MemberChange>(['leave', 'decline', 'withdraw']);
export const isLeaving = ({ kind, data }: Pick<Act, 'kind' | 'data'>): boolean =>
  kind === 'member' && leavings.has((data as { change?: unknown } | undefined)?.change);

const need = (state: RoomState, me: Member, permission: Permission): ErrorCode | undefined =>
  can(state, me.role, permission) ? undefined : 'forbidden';

/** Words, emoji, new words: what a mute takes away. */
function speak(state: RoomState, me: Member, act: Act, permission: Permission): ErrorCode | undefined {
  return state.mutes.has(act.user) ? 'muted' : need(state, me, permission);
}

const ownOr = (act: Act, own: Permission, any: Permission): Permission => (act.target?.user === act.user ? own : any);

/** On something of another person: only where they do not stand as high or higher. */
function outranks(state: RoomState, me: Member, user: string): boolean {
  const other = state.members.get(user);
  return !other || rank(me.role) < rank(other.role);
}

const isPinned = ({ pins }: RoomState, { target }: Act): boolean => pins.has(pinKey(target!.user, target!.clientId));

const rules: { [K in Exclude<KindName, 'member'>]: Rule<K> } = {
  create: () => 'forbidden',
  system: () => 'forbidden',
  message: (state, me, act, data) => (data.imported ? 'forbidden' : speak(state, me, act, 'post')),
  edit: (state, me, act) => {
    if (act.target?.user !== act.user && !outranks(state, me, act.target!.user)) return 'forbidden';
    return speak(state, me, act, ownOr(act, 'edit-own', 'edit-any'));
  },
  redact: (state, me, act) => {
    if (act.target?.user !== act.user && !outranks(state, me, act.target!.user)) return 'forbidden';
    return need(state, me, ownOr(act, 'redact-own', 'redact-any'));
  },
  react: (state, me, act) => speak(state, me, act, 'react'),
  unreact: (state, me, act) => {
    if (act.target?.user === act.user) return undefined;
    return outranks(state, me, act.target!.user) ? need(state, me, 'redact-any') : 'forbidden';
  },
  pin: (state, me, act) => {
    if (isPinned(state, act)) return need(state, me, 'pin') ?? 'duplicate';
    return state.pins.size >= limits.pins ? 'too-many' : need(state, me, 'pin');
  },
  unpin: (state, me, act) => need(state, me, 'pin') ?? (isPinned(state, act) ? undefined : 'unknown-target'),
  mute: (state, me, act, { subject }) => {
    if (!state.mutes.has(subject) && state.mutes.size >= limits.mutesPerRoom) return 'too-many';
    return moderate(state, me, act, subject, 'mute');
  },
  unmute: (state, me, act, { subject }) =>
    state.mutes.has(subject) ? moderate(state, me, act, subject, 'mute') : 'unknown-target',
  role: (state, me, act, data) => roleRefusal(state, me, act.user, data),
  settings: (state, me, _act, data) => settingsRefusal(state, me, data),
  erase: (_state, _me, act, { subject }) => (subject === act.user ? undefined : 'forbidden'),
};

function moderate(
  state: RoomState,
  me: Member,
  act: Act,
  subject: string,
  permission: Permission,
): ErrorCode | undefined {
  if (subject === act.user || !outranks(state, me, subject)) return 'forbidden';
  return need(state, me, permission);
}

function roleRefusal(
  state: RoomState,
  me: Member,
  user: string,
  data: { subject: string; role: Role },
): ErrorCode | undefined {
  const other = state.members.get(data.subject);
  if (!other) return 'not-a-member';
  if (other.guest) return 'forbidden';
  if (data.role === 'guest') return 'forbidden';
  if (data.subject === user)
    return rank(data.role) > rank(me.role) && !isLastOwner(state, user) ? undefined : 'forbidden';
  if (rank(other.role) <= rank(me.role)) return 'forbidden';
  const highest = me.role === 'owner' ? rank('owner') : rank(me.role) + 1;
  return rank(data.role) < highest ? 'forbidden' : need(state, me, 'manage-roles');
}

function isLastOwner(state: RoomState, user: string): boolean {
  for (const [other, { role }] of state.members) if (role === 'owner' && other !== user) return false;
  return state.members.get(user)?.role === 'owner';
}

/** Guests never get more than talk, owners never lose what owners have. */
export function keepsBounds(table: Partial<Record<Role, readonly Permission[]>> = {}): boolean {
  const { guest = [], owner = defaultPermissions.owner } = table;
  return (
    guest.every((flag) => guestPermissions.includes(flag)) &&
    defaultPermissions.owner.every((flag) => owner.includes(flag))
  );
}

function settingsRefusal(state: RoomState, me: Member, data: DataOf<'settings'>): ErrorCode | undefined {
  const wanted: Permission[] = [];
  if (data.title || data.topic || data.slowModeMs !== undefined) wanted.push('manage-info');
  if (data.alias !== undefined || data.joinRule !== undefined || data.listed !== undefined || data.servers)
    wanted.push('manage-links');
  if (data.history !== undefined || data.retentionDays !== undefined || data.keepForever) wanted.push('manage-history');
  if (data.permissions !== undefined) wanted.push('manage-roles');
  if (wanted.length === 0) return 'bad-request';
  for (const permission of wanted) if (!can(state, me.role, permission)) return 'forbidden';
  if (!keepsBounds(data.permissions)) return 'forbidden';
  if (data.servers && shutsOut(state, me, data.servers)) return 'forbidden';
  if (data.history !== undefined && data.history !== state.settings.history)
    if (state.historyRules.length >= limits.historyRules) return 'too-many';
  for (const [role, flags] of Object.entries(data.permissions ?? {})) {
    const now = state.settings.permissions[role as Role];
    const changed = [...flags.filter((flag) => !now.includes(flag)), ...now.filter((flag) => !flags.includes(flag))];
    if (changed.length === 0) continue;
    if (
      me.role !== 'owner' &&
      (rank(role as Role) <= rank(me.role) || changed.some((flag) => !can(state, me.role, flag)))
    )
      return 'forbidden';
  }
  return undefined;
}

/** Whether a rule for servers keeps out the clerk's, or anybody in the room who stands as high as its author. */
function shutsOut(state: RoomState, me: Member, servers: ServerRule): boolean {
  const { clerk, members } = state;
  if (servers.deny.includes(clerk)) return true;
  const fresh = [...members.byServer.keys()].filter((id) => denies(servers, clerk, id) && !isDenied(state, id));
  if (fresh.length === 0) return false;
  const shut = new Set(fresh);
  for (const [user, { role }] of members) if (rank(role) <= rank(me.role) && shut.has(serverOf(user))) return true;
  return false;
}

type MemberRule = (
  state: RoomState,
  me: Member | undefined,
  act: Act,
  subject: string,
  other: Member | undefined,
) => ErrorCode | undefined;

function memberRefusal(
  state: RoomState,
  me: Member | undefined,
  act: Act,
  data: DataOf<'member'>,
): ErrorCode | undefined {
  return memberRules[data.change](state, me, act, data.subject, state.members.get(data.subject));
}

const self = (act: Act, subject: string): ErrorCode | undefined => (act.user === subject ? undefined : 'forbidden');

const memberRules: Record<MemberChange, MemberRule> = {
  invite: (state, me, _act, subject, other) => {
    if (!me) return 'not-a-member';
    if (other) return 'already-a-member';
    if (state.bans.has(subject) || isDenied(state, serverOf(subject))) return 'banned';
    if (!state.invited.has(subject) && state.invited.size >= limits.invitesPerRoom) return 'too-many';
    return need(state, me, 'invite');
  },
  decline: (state, _me, act, subject) => self(act, subject) ?? (state.invited.has(subject) ? undefined : 'not-invited'),
  revoke: (state, me, act, subject) => {
    if (!me) return 'not-a-member';
    const invitation = state.invited.get(subject);
    if (!invitation) return 'unknown-target';
    return invitation.by === act.user ? undefined : need(state, me, 'kick');
  },
  knock: (state, me, act, subject) => {
    if (me) return 'already-a-member';
    if (state.bans.has(subject)) return 'banned';
    if (state.settings.joinRule !== 'knock') return 'not-invited';
    if (state.knocking.has(subject) || state.invited.has(subject)) return self(act, subject) ?? 'duplicate';
    return self(act, subject) ?? (state.knocking.size >= limits.invitesPerRoom ? 'too-many' : undefined);
  },
  withdraw: (state, _me, act, subject) =>
    self(act, subject) ?? (state.knocking.has(subject) ? undefined : 'unknown-target'),
  deny: (state, me, _act, subject) => {
    if (!me) return 'not-a-member';
    return state.knocking.has(subject) ? need(state, me, 'invite') : 'unknown-target';
  },
  join: (state, me, act, subject) => {
    if (me) return 'already-a-member';
    if (state.bans.has(subject)) return 'banned';
    // Of the two of a direct room either may come back for as long as the other is there.
    const isExpected = state.invited.has(subject) || (isOfTwo(state, subject) && state.members.size > 0);
    if (state.settings.joinRule !== 'public' && !isExpected) return 'not-invited';
    return self(act, subject) ?? (state.members.size >= limits.membersPerRoom ? 'too-many' : undefined);
  },
  leave: (_state, me, act, subject) => (me ? self(act, subject) : 'not-a-member'),
  kick: (state, me, act, subject, other) => {
    if (!me) return 'not-a-member';
    return other ? moderate(state, me, act, subject, 'kick') : 'unknown-target';
  },
  ban: (state, me, act, subject) => {
    if (!me) return 'not-a-member';
    if (!state.bans.has(subject) && state.bans.size >= limits.bansPerRoom) return 'too-many';
    return moderate(state, me, act, subject, 'ban');
  },
  unban: (state, me, _act, subject) => {
    if (!me) return 'not-a-member';
    return state.bans.has(subject) ? need(state, me, 'ban') : 'unknown-target';
  },
};
