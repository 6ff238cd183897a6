/** What one may do here, so that a screen offers nothing that would be refused. The server decides all the same. */
import type { MessageRow } from '@parley/client';
import {
  defaultPermissions,
  type MemberView,
  type Permission,
  type Role,
  type RoomView,
  rank,
  roles,
} from '@parley/protocol';

/** Whether one's role has a permission in this room. */
export function may(view: RoomView, permission: Permission): boolean {
  const { membership, role } = view.me;
  if (membership === 'watching') return permission === 'post' && permissionsOf(view, 'guest').includes('post');
  if (membership !== 'member') return false;
  return permissionsOf(view, role ?? 'member').includes(permission);
}

const permissionsOf = (view: RoomView, role: Role): readonly Permission[] =>
  view.permissions[role] ?? defaultPermissions[role];

/** A time until which one is muted: null until lifted, undefined when one is not muted now. */
export function mutedUntil(view: RoomView, now: number): number | null | undefined {
  const until = view.me.mutedUntil;
  return until === undefined || until === null || until > now ? until : undefined;
}

export interface MessageRights {
  react: boolean;
  reply: boolean;
  edit: boolean;
  pin: boolean;
  delete: boolean;
}

/** What may be done with a message now. Nothing while it is not in the log yet. */
export function rightsOn(row: MessageRow, view: RoomView, now: number): MessageRights {
  const there = row.body !== null && row.seq !== undefined;
  const speaks = mutedUntil(view, now) === undefined;
  return {
    react: there && speaks && may(view, 'react'),
    reply: there && speaks && may(view, 'post'),
    edit: there && speaks && !row.imported && may(view, row.mine ? 'edit-own' : 'edit-any'),
    pin: there && may(view, 'pin'),
    delete: there && may(view, row.mine ? 'redact-own' : 'redact-any'),
  };
}

export interface MemberRights {
  mute: boolean;
  kick: boolean;
  ban: boolean;
  /** Roles that one may give to this person. */
  roles: readonly Role[];
}

/** What may be done with a member: nothing with an equal or higher role; oneself may only step down. */
export function rightsOver(member: MemberView, view: RoomView, me: string | undefined): MemberRights {
  const mine = view.me.role ?? 'member';
  const isMe = member.person.id === me;
  const above = !isMe && rank(mine) < rank(member.role);
  const highest = mine === 'owner' ? 0 : rank(mine) + 1;
  const guest = member.role === 'guest' || member.person.kind === 'guest';
  const given = roles.filter((role) => {
    if (guest || role === 'guest' || role === member.role) return false;
    if (isMe) return rank(role) > rank(mine);
    return above && rank(role) >= highest && may(view, 'manage-roles');
  });
  return {
    mute: above && may(view, 'mute'),
    kick: above && may(view, 'kick'),
    ban: above && may(view, 'ban'),
    roles: given,
  };
}

/** Slow mode holds for those without an office. */
export function slowModeMs(view: RoomView): number {
  const role = view.me.role ?? 'guest';
  return role === 'member' || role === 'guest' ? view.slowModeMs : 0;
}
