/** Rooms of two people: who they are, and what may not be done in them that may be done in others. */
import { type DataOf, type ErrorCode, isKind, type Permission } from '@parley/protocol';
import type { Act } from './act.ts';
import type { RoomState } from './state.ts';

type Named = Pick<RoomState, 'creator' | 'direct'>;

/** Whether somebody is one of the two whom a direct room is of; false in every other room. */
export const isOfTwo = ({ creator, direct }: Named, user: string): boolean =>
  direct !== undefined && (user === creator || user === direct);

/** In a direct room the one who is not `user`; undefined in every other room and for anybody else. */
export const otherOf = (state: Named, user: string): string | undefined =>
  isOfTwo(state, user) ? (user === state.creator ? state.direct : state.creator) : undefined;

/** One name for two people, whoever of them comes first. */
export const pairOf = (one: string, other: string): string => [one, other].sort().join(' ');

type Create = DataOf<'create'>;
/** What Create may not say of a room that is direct. */
const fixed = ['alias', 'joinRule', 'listed', 'history', 'slowModeMs', 'permissions', 'servers'] as const;

/** The field of a Create that a direct room cannot have; undefined for a sound one, and for every other room. */
export function directFault(data: Create, maker: string): keyof Create | undefined {
  if (data.direct === undefined) return undefined;
  return data.direct === maker ? 'direct' : fixed.find((name) => data[name] !== undefined);
}

/** What of an owner's permissions there is a use for in a direct room. */
export const directPermissions: readonly Permission[] = [
  'post',
  'react',
  'edit-own',
  'redact-own',
  'pin',
  'manage-history',
];

/** The rules of a direct room, which stay. */
export const directRules = { joinRule: 'invite', listed: false, history: 'all' } as const;

const memberChanges: ReadonlySet<unknown> = new Set(['invite', 'decline', 'revoke', 'join', 'leave']);
const settings: ReadonlySet<string> = new Set(['retentionDays', 'keepForever']);
const ofOneself: ReadonlySet<string> = new Set(['edit', 'redact', 'unreact']);

/** Why an act, whose data is well formed, is not for a direct room; undefined in every other room. */
export function directRefusal(state: RoomState, { kind, user, target, data: raw }: Act): ErrorCode | undefined {
  if (state.direct === undefined || !isKind(kind)) return undefined;
  const data = (raw ?? {}) as Record<string, unknown>;
  if (kind === 'member') {
    if (!memberChanges.has(data.change) || !isOfTwo(state, data.subject as string)) return 'forbidden';
    return data.guest === true ? 'guests-refused' : undefined;
  }
  if (kind === 'mute' || kind === 'unmute' || kind === 'role') return 'forbidden';
  if (kind === 'settings' && Object.keys(data).some((name) => !settings.has(name))) return 'forbidden';
  return ofOneself.has(kind) && target?.user !== user ? 'forbidden' : undefined;
}
