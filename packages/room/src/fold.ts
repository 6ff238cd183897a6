/**
 * One header onto the state. The same function runs at the clerk, at followers and when a log is verified. A forbidden
 * act stays in the chain, changes nothing and is reported.
 */
import {
  check,
  type DataOf,
  type ErrorCode,
  isKind,
  type KindName,
  kinds,
  type Permission,
  type Role,
  rank,
  roles,
} from '@parley/protocol';
import type { Act } from './act.ts';
import { refusalOf } from './allowed.ts';
import type { Header } from './header.ts';
import { pinKey, type RoomState } from './state.ts';

/**
 * Applies `header`, which must be the next one, and its chain value. `hash` is the envelope's, for the origin's cursor.
 * @returns the code by which the act was forbidden, or undefined
 */
export function fold(
  state: RoomState,
  header: Header,
  chain: Uint8Array,
  hash: Uint8Array | undefined,
): ErrorCode | undefined {
  state.head = header.pos;
  state.chain = chain;
  const { what } = header;
  if (what.type === 'unknown' || what.type === 'term') return undefined;
  if (what.type === 'clerk') return foldClerk(state, header, what.act);
  const { stamp } = what;
  if (hash) {
    state.origins.set(stamp.origin, { incarnation: stamp.incarnation, oseq: stamp.oseq, hash });
    state.changed.add(`origin/${stamp.origin}`);
  }
  if (what.type === 'tombstone') return undefined;
  if (what.act.user.slice(what.act.user.indexOf('.') + 1) !== stamp.origin) return 'forbidden';
  const refusal = refusalOf(state, what.act);
  if (!refusal) change(state, header, what.act);
  return refusal;
}

/** The clerk may end timed restrictions, name an heir, import, write system lines and take a person's words away. */
function foldClerk(state: RoomState, header: Header, act: Act): ErrorCode | undefined {
  if (!isKind(act.kind)) return undefined;
  const { data: schema } = kinds[act.kind];
  if (act.room !== state.id || (schema && !check<unknown>(schema, act.data ?? {}).ok)) return 'bad-request';
  const data = (act.data ?? {}) as Record<string, unknown>;
  const isTimed = (map: RoomState['mutes']) => typeof map.get(data.subject as string)?.durationMs === 'number';
  const ownUser = act.user.endsWith(`.${state.clerk}`);
  const allowed =
    ownUser &&
    ((act.kind === 'message' && data.imported === true) ||
      act.kind === 'system' ||
      (act.kind === 'unmute' && isTimed(state.mutes)) ||
      act.kind === 'erase' ||
      (act.kind === 'member' && data.change === 'unban' && isTimed(state.bans)) ||
      (act.kind === 'role' && heir(state) === data.subject && data.role === 'owner'));
  if (!allowed) return 'forbidden';
  change(state, header, act);
  return undefined;
}

/** Who owns the room when the last owner is gone: the highest role, then the longest stay. Undefined while there is an owner. */
export function heir(state: RoomState): string | undefined {
  let best: { user: string; rank: number; since: number } | undefined;
  for (const [user, { role, since, guest }] of state.members) {
    if (role === 'owner') return undefined;
    if (guest) continue;
    const mine = { user, rank: rank(role), since };
    if (!best || mine.rank < best.rank || (mine.rank === best.rank && mine.since < best.since)) best = mine;
  }
  return best?.user;
}

type Change<K extends KindName> = (state: RoomState, seq: number, act: Act, data: DataOf<K>, at: number) => void;

function change(state: RoomState, header: Header, act: Act): void {
  if (!isKind(act.kind)) return;
  const apply = changes[act.kind] as Change<KindName> | undefined;
  apply?.(state, header.pos.seq, act, (act.data ?? {}) as DataOf<KindName>, header.at);
}

const changes: { [K in KindName]?: Change<K> } = {
  pin: (state, seq, act) => {
    const { user, clientId } = act.target!;
    put(state, 'pin', state.pins, pinKey(user, clientId), { user, clientId, since: seq });
  },
  unpin: (state, _seq, act) => drop(state, 'pin', state.pins, pinKey(act.target!.user, act.target!.clientId)),
  redact: (state, _seq, act) => drop(state, 'pin', state.pins, pinKey(act.target!.user, act.target!.clientId)),
  erase: (state, _seq, _act, { subject }) => {
    for (const [key, { user }] of state.pins) if (user === subject) drop(state, 'pin', state.pins, key);
  },
  mute: (state, seq, _act, { subject, durationMs }, at) => {
    put(state, 'mute', state.mutes, subject, { since: seq, durationMs: durationMs ?? null });
    note(state, `mute/${subject}`, durationMs, at);
  },
  unmute: (state, _seq, _act, { subject }) => {
    drop(state, 'mute', state.mutes, subject);
    note(state, `mute/${subject}`, undefined, 0);
  },
  role: (state, _seq, _act, { subject, role }) => {
    const member = state.members.get(subject);
    if (member) put(state, 'member', state.members, subject, { ...member, role });
  },
  settings: (state, seq, _act, data) => settle(state, seq, data),
  member: (state, seq, act, data, at) => memberChange(state, seq, act, data, at),
};

function memberChange(state: RoomState, seq: number, act: Act, data: DataOf<'member'>, at: number): void {
  const { subject, change: how } = data;
  if (how === 'invite') put(state, 'invited', state.invited, subject, { by: act.user, since: seq });
  else if (how === 'knock') put(state, 'knocking', state.knocking, subject, { since: seq });
  else drop(state, 'invited', state.invited, subject);
  if (how !== 'knock') drop(state, 'knocking', state.knocking, subject);
  if (how === 'join') {
    const guest = data.guest === true;
    const role = guest ? 'guest' : state.direct === undefined ? 'member' : 'owner';
    put(state, 'member', state.members, subject, { role, since: seq, guest });
  } else if (how === 'leave' || how === 'kick' || how === 'ban') drop(state, 'member', state.members, subject);
  if (how === 'ban') {
    put(state, 'ban', state.bans, subject, { since: seq, durationMs: data.durationMs ?? null });
    note(state, `ban/${subject}`, data.durationMs, at);
  } else if (how === 'unban') {
    drop(state, 'ban', state.bans, subject);
    note(state, `ban/${subject}`, undefined, 0);
  }
}

/** The rules that a Create or settings entry names. */
export function settle(
  state: RoomState,
  seq: number,
  data: Omit<DataOf<'settings'>, 'title' | 'topic'> & { title?: boolean; topic?: boolean },
): void {
  const { settings } = state;
  const next = { ...settings };
  if (data.alias !== undefined) next.alias = data.alias;
  if (data.joinRule !== undefined) next.joinRule = data.joinRule;
  if (data.listed !== undefined) next.listed = data.listed;
  if (data.retentionDays !== undefined) next.retentionDays = data.retentionDays;
  if (data.keepForever) next.retentionDays = null;
  if (data.slowModeMs !== undefined) next.slowModeMs = data.slowModeMs;
  if (data.permissions !== undefined) next.permissions = mergePermissions(settings.permissions, data.permissions);
  if (data.history !== undefined && (data.history !== settings.history || state.historyRules.length === 0)) {
    next.history = data.history;
    state.historyRules = [...state.historyRules, { from: seq, rule: data.history }];
    state.changed.add('history');
  }
  if (data.servers !== undefined) {
    const { deny, allow = [] } = data.servers;
    state.servers = deny.length + allow.length === 0 ? undefined : data.servers;
    state.changed.add('servers');
  }
  state.settings = next;
  state.changed.add('settings');
  if (data.title || data.topic) {
    state.info = { title: data.title ? seq : state.info.title, topic: data.topic ? seq : state.info.topic };
    state.changed.add('info');
  }
}

function mergePermissions(
  now: Readonly<Record<Role, readonly Permission[]>>,
  next: Partial<Record<Role, readonly Permission[]>>,
): Readonly<Record<Role, readonly Permission[]>> {
  return Object.fromEntries(roles.map((role) => [role, next[role] ?? now[role]])) as Record<
    Role,
    readonly Permission[]
  >;
}

function put<T>(state: RoomState, kind: string, map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  state.changed.add(`${kind}/${key}`);
}

function drop<T>(state: RoomState, kind: string, map: Map<string, T>, key: string): void {
  if (map.delete(key)) state.changed.add(`${kind}/${key}`);
}

/** The clerk's note of when a restriction ends. It reads `at`, and nothing that is hashed reads the note. */
function note(state: RoomState, key: string, durationMs: number | undefined, at: number): void {
  if (durationMs === undefined) {
    if (!state.due.delete(key)) return;
  } else state.due.set(key, at + durationMs);
  state.changed.add(`~due/${key}`);
}
