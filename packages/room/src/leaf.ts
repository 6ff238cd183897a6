/** The state as leaves: one key and one canonical value for each member, ban, pin…, so that a change is a small write. */
import { decodeCbor, defaultPermissions, encodeCbor, type Role, roles } from '@parley/protocol';
import { Members } from './members.ts';
import { pinKey, type RoomState, type Settings } from './state.ts';

type Leaves = Map<string, Uint8Array | undefined>;

/** The leaves that changed since the last call; undefined = gone. Forgets them. */
export function takeChanges(state: RoomState): Leaves {
  const out: Leaves = new Map();
  for (const key of state.changed) out.set(key, leafOf(state, key));
  state.changed.clear();
  return out;
}

/** The bytes of one leaf as the state stands, or undefined when it has none. */
export function leafOf(state: RoomState, key: string): Uint8Array | undefined {
  const slash = key.indexOf('/');
  const kind = slash < 0 ? key : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const value = kind in readers ? readers[kind as keyof typeof readers](state, name) : undefined;
  return value === undefined ? undefined : encodeCbor(value);
}

const readers = {
  create: (s: RoomState) => [s.version, s.network, s.clerk, s.creator, ...(s.direct === undefined ? [] : [s.direct])],
  '~created': (s: RoomState) => s.createdAt,
  settings: ({ settings: s }: RoomState) => [
    s.alias,
    s.joinRule,
    s.listed,
    s.history,
    s.retentionDays,
    s.slowModeMs,
    roles.map((role) => [...s.permissions[role]]),
  ],
  servers: ({ servers: s }: RoomState) => map(s, ({ deny, allow = [] }) => [[...deny], [...allow]]),
  info: (s: RoomState) => [s.info.title, s.info.topic],
  history: (s: RoomState) => s.historyRules.map(({ from, rule }) => [from, rule]),
  member: (s: RoomState, user: string) => map(s.members.get(user), (m) => [m.role, m.since, m.guest]),
  invited: (s: RoomState, user: string) => map(s.invited.get(user), (i) => [i.by, i.since]),
  knocking: (s: RoomState, user: string) => map(s.knocking.get(user), (k) => [k.since]),
  ban: (s: RoomState, user: string) => map(s.bans.get(user), (b) => [b.since, b.durationMs]),
  mute: (s: RoomState, user: string) => map(s.mutes.get(user), (m) => [m.since, m.durationMs]),
  pin: (s: RoomState, name: string) => map(s.pins.get(name), (p) => [p.user, p.clientId, p.since]),
  origin: (s: RoomState, server: string) => map(s.origins.get(server), (o) => [o.incarnation, o.oseq, o.hash]),
  '~due': (s: RoomState, name: string) => s.due.get(name),
};

/** Nesting of the deepest leaf, the settings. */
export const leafDepth = 4;

/** Writes one leaf, decoded and known to be sound, into a state that is being loaded. */
export function putLeaf(state: RoomState, key: string, value: unknown): void {
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  const v = value as never[];
  switch (slash < 0 ? key : key.slice(0, slash)) {
    case 'settings':
      state.settings = readSettings(v);
      break;
    case 'servers':
      state.servers = readServers(v);
      break;
    case 'info':
      state.info = { title: v[0]!, topic: v[1]! };
      break;
    case 'history':
      state.historyRules = (value as [number, 'all'][]).map(([from, rule]) => ({ from, rule }));
      break;
    case 'member':
      state.members.set(name, { role: v[0]!, since: v[1]!, guest: v[2]! });
      break;
    case 'invited':
      state.invited.set(name, { by: v[0]!, since: v[1]! });
      break;
    case 'knocking':
      state.knocking.set(name, { since: v[0]! });
      break;
    case 'ban':
      state.bans.set(name, { since: v[0]!, durationMs: v[1]! });
      break;
    case 'mute':
      state.mutes.set(name, { since: v[0]!, durationMs: v[1]! });
      break;
    case 'pin':
      state.pins.set(pinKey(v[0]!, v[1]!), { user: v[0]!, clientId: v[1]!, since: v[2]! });
      break;
    case 'origin':
      state.origins.set(name, { incarnation: v[0]!, oseq: v[1]!, hash: v[2]! });
      break;
    case '~due':
      state.due.set(name, value as number);
      break;
  }
}

function readSettings(v: never[]): Settings {
  const table = v[6] as unknown as Settings['permissions'][Role][];
  return {
    alias: v[0]!,
    joinRule: v[1]!,
    listed: v[2]!,
    history: v[3]!,
    retentionDays: v[4]!,
    slowModeMs: v[5]!,
    permissions: Object.fromEntries(roles.map((role, i) => [role, table[i]])) as Settings['permissions'],
  };
}

function readServers([deny, allow]: string[][]): NonNullable<RoomState['servers']> {
  return { deny: deny!, ...(allow!.length > 0 && { allow: allow! }) };
}

function map<T, U>(value: T | undefined, to: (value: T) => U): U | undefined {
  return value === undefined ? undefined : to(value);
}

/** A state to put leaves into, from the two leaves that never change. */
export function emptyState(
  id: string,
  head: { pos: RoomState['head']; chain: Uint8Array },
  create: Pick<RoomState, 'version' | 'network' | 'clerk' | 'creator' | 'direct'> & { at: number },
): RoomState {
  return {
    id,
    version: create.version,
    network: create.network,
    clerk: create.clerk,
    creator: create.creator,
    direct: create.direct,
    createdAt: create.at,
    head: head.pos,
    chain: head.chain,
    settings: defaultSettings,
    info: { title: 0, topic: 0 },
    historyRules: [],
    servers: undefined,
    members: new Members(),
    invited: new Map(),
    knocking: new Map(),
    bans: new Map(),
    mutes: new Map(),
    pins: new Map(),
    origins: new Map(),
    due: new Map(),
    lastPostAt: new Map(),
    changed: new Set(),
  };
}

export const defaultSettings: Settings = {
  alias: null,
  joinRule: 'public',
  listed: true,
  history: 'all',
  retentionDays: null,
  slowModeMs: 0,
  permissions: defaultPermissions,
};

/** Loads a state from its stored leaves; throws when the two that never change are absent. */
export function loadState(
  id: string,
  head: { pos: RoomState['head']; chain: Uint8Array },
  leaves: Iterable<[string, Uint8Array]>,
): RoomState {
  const stored = new Map(leaves);
  const create = stored.get('create');
  const at = stored.get('~created');
  if (!create || !at) throw new Error('room without its create leaf');
  const [version, network, clerk, creator, direct] = decodeCbor(create, 2) as [number, string, string, string, string?];
  const of = { version, network, clerk, creator, direct, at: decodeCbor(at, 1) as number };
  const state = emptyState(id, head, of);
  for (const [key, bytes] of stored) putLeaf(state, key, decodeCbor(bytes, leafDepth));
  return state;
}
