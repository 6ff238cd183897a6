/**
 * What a room is at one position: a pure fold of the headers up to it. It is kept as leaves (key → bytes), so that a
 * commit writes only what changed and a checkpoint hashes only what changed. Keys that begin with `~` are the clerk's own
 * notes (when a timed mute ends): rebuilt from the log, never part of the state hash.
 */
import type { HistoryRule, JoinRule, Permission, Position, Role, ServerRule } from '@parley/protocol';
import type { Members } from './members.ts';

export type { Member } from './members.ts';

export interface Restriction {
  /** The seq of the entry that set it. */
  since: number;
  /** Null = until lifted. */
  durationMs: number | null;
}
export interface Pin {
  user: string;
  clientId: string;
  /** The seq of the pin. */
  since: number;
}
export interface Origin {
  incarnation: number;
  oseq: number;
  hash: Uint8Array;
}
export interface Settings {
  alias: string | null;
  joinRule: JoinRule;
  listed: boolean;
  history: HistoryRule;
  /** Days; 0 = content is never on disk; null = for ever. */
  retentionDays: number | null;
  slowModeMs: number;
  permissions: Readonly<Record<Role, readonly Permission[]>>;
}

export interface RoomState {
  readonly id: string;
  readonly version: number;
  readonly network: string;
  /** The server that appends. */
  readonly clerk: string;
  readonly creator: string;
  /** In a direct room the one whom it is of beside its maker. */
  readonly direct: string | undefined;
  readonly createdAt: number;
  head: Position;
  chain: Uint8Array;
  settings: Settings;
  /** The seqs whose parts hold the title and the topic; 0 = never set. */
  info: { title: number; topic: number };
  /** The history rule in force from each seq on, ascending. */
  historyRules: { from: number; rule: HistoryRule }[];
  /** Which servers may take part; undefined = all. */
  servers: ServerRule | undefined;
  members: Members;
  invited: Map<string, { by: string; since: number }>;
  knocking: Map<string, { since: number }>;
  bans: Map<string, Restriction>;
  mutes: Map<string, Restriction>;
  /** By `user/clientId` of the message. */
  pins: Map<string, Pin>;
  origins: Map<string, Origin>;
  /** Clerk's note: when timed restrictions end, Unix ms, by `mute/<user>` or `ban/<user>`. */
  due: Map<string, number>;
  /** Clerk's note for slow mode: when each person last posted; in memory only. */
  lastPostAt: Map<string, number>;
  /** Leaves that changed since the last {@link takeChanges}. */
  changed: Set<string>;
}

export const pinKey = (user: string, clientId: string): string => `${user}/${clientId}`;

export function can(state: RoomState, role: Role, permission: Permission): boolean {
  return state.settings.permissions[role].includes(permission);
}

/** Whether the people of a server may not take part; those of the clerk always may. */
export const isDenied = ({ clerk, servers }: Pick<RoomState, 'clerk' | 'servers'>, server: string): boolean =>
  servers !== undefined && denies(servers, clerk, server);

export function denies({ deny, allow = [] }: ServerRule, clerk: string, server: string): boolean {
  return server !== clerk && (deny.includes(server) || (allow.length > 0 && !allow.includes(server)));
}

/** True for somebody who may not post now. */
export const isMuted = (state: RoomState, user: string): boolean => state.mutes.has(user);

/** Servers with a member in the room, and how many: as it stands, changing with the state. */
export const participants = (state: RoomState): ReadonlyMap<string, number> => state.members.byServer;

/** Forgets when timed restrictions end: for everybody but the clerk, who alone ends them. */
export function dropDue(state: RoomState): void {
  for (const key of state.due.keys()) state.changed.delete(`~due/${key}`);
  state.due.clear();
}
