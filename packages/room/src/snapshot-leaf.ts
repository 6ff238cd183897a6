/** What each leaf of a snapshot may be: it comes from another server, and whatever is wrong in it would stay in the state. */
import {
  alias,
  check,
  fromBase32,
  type HistoryRule,
  historyRule,
  kinds,
  limits,
  type Permission,
  type Role,
  roles,
  userId,
} from '@parley/protocol';
import { keepsBounds } from './allowed.ts';
import { pinKey } from './state.ts';

/** Whether the leaf `name` of a kind may have this value in a room whose log ends at `seq`. */
type Shape = (value: unknown[], name: string, seq: number) => boolean;

/** By the kind that a key begins with. */
export const leafShapes: Readonly<Record<string, Shape>> = {
  settings: (v) => v.length === 7 && isSettings(v),
  servers: ([deny, allow, ...more]) => {
    const rule = { deny, allow };
    const isSome = [deny, allow].some((each) => Array.isArray(each) && each.length > 0);
    return isSome && check<unknown>(kinds.settings.data!, { servers: rule }).ok && more.length === 0;
  },
  info: (v, _name, seq) => v.length === 2 && v.every((at) => isWhole(at, 0, seq)),
  history: isHistory,
  member: ([role, since, guest, ...more], user, seq) =>
    isUser(user) &&
    roles.includes(role as Role) &&
    isWhole(since, 1, seq) &&
    typeof guest === 'boolean' &&
    more.length === 0,
  invited: ([by, since, ...more], user, seq) =>
    isSubject(user) && isUser(by) && isWhole(since, 1, seq) && more.length === 0,
  knocking: ([since, ...more], user, seq) => isUser(user) && isWhole(since, 1, seq) && more.length === 0,
  ban: isRestriction,
  mute: isRestriction,
  pin: ([user, clientId, since, ...more], name, seq) =>
    isUser(user) &&
    typeof clientId === 'string' &&
    clientId.length <= limits.clientId &&
    name === pinKey(user, clientId) &&
    isWhole(since, 1, seq) &&
    more.length === 0,
  origin: ([incarnation, oseq, hash, ...more], server) =>
    isServer(server) &&
    isWhole(incarnation, 0) &&
    isWhole(oseq, 1) &&
    hash instanceof Uint8Array &&
    hash.length === 32 &&
    more.length === 0,
};

function isRestriction([since, durationMs, ...more]: unknown[], user: string, seq: number): boolean {
  const isBounded = durationMs === null || isWhole(durationMs, 1, limits.durationMs);
  return isSubject(user) && isWhole(since, 1, seq) && isBounded && more.length === 0;
}

function isHistory(value: unknown[], _name: string, seq: number): boolean {
  if (value.length === 0 || value.length > limits.historyRules) return false;
  let last: { from: number; rule?: HistoryRule } = { from: 0 };
  for (const each of value) {
    const [from, rule, ...more] = Array.isArray(each) ? (each as unknown[]) : [];
    const isRule = check(historyRule, rule).ok && rule !== last.rule;
    if (!isWhole(from, last.from + 1, seq) || !isRule || more.length > 0) return false;
    last = { from, rule: rule as HistoryRule };
  }
  return true;
}

function isSettings([name, joinRule, listed, history, retentionDays, slowModeMs, table]: unknown[]): boolean {
  if (!Array.isArray(table) || table.length !== roles.length) return false;
  if (name !== null && !check(alias, name).ok) return false;
  const permissions = Object.fromEntries(roles.map((role, i) => [role, table[i] as readonly Permission[]]));
  const rules = {
    joinRule,
    listed,
    history,
    slowModeMs,
    permissions,
    ...(retentionDays === null ? {} : { retentionDays }),
  };
  return check<unknown>(kinds.settings.data!, rules).ok && keepsBounds(permissions);
}

/** In the one spelling that its bytes have. */
const isServer = (id: unknown): id is string => typeof id === 'string' && id.length === 52 && !!fromBase32(id);

function isUser(id: unknown): id is string {
  if (typeof id !== 'string' || id.length !== 69 || id[16] !== '.') return false;
  return fromBase32(id.slice(0, 16)) !== undefined && isServer(id.slice(17));
}

/** As it was written in the data of an act: what nobody is called is named here too. */
const isSubject = (id: string): boolean => check(userId, id).ok;

const isWhole = (value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
