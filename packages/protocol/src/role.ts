/** Roles and permission flags: what each role may do unless a room's settings say otherwise. */
import { choice } from './field.ts';

/** From most to least. Nobody acts on an equal or higher role. */
export const roles = ['owner', 'admin', 'moderator', 'member', 'guest'] as const;
export type Role = (typeof roles)[number];
export const role = choice(roles);

export const permissions = [
  'post',
  'react',
  'edit-own',
  'edit-any',
  'redact-own',
  'redact-any',
  'invite',
  'kick',
  'mute',
  'ban',
  'pin',
  'manage-info',
  'manage-links',
  'manage-roles',
  'manage-history',
] as const;
export type Permission = (typeof permissions)[number];
export const permission = choice(permissions);

const talk: Permission[] = ['post', 'react', 'edit-own', 'redact-own'];
const moderate: Permission[] = ['redact-any', 'kick', 'mute', 'ban', 'pin'];
const administer: Permission[] = ['manage-info', 'manage-links', 'manage-roles', 'manage-history'];

/** Nobody edits other people's words unless the owner allows it. */
export const defaultPermissions: Readonly<Record<Role, readonly Permission[]>> = {
  owner: [...talk, 'invite', ...moderate, ...administer],
  admin: [...talk, 'invite', ...moderate, ...administer],
  moderator: [...talk, 'invite', ...moderate],
  member: [...talk, 'invite'],
  guest: talk,
};

/** A guest can never be given more than these. */
export const guestPermissions: readonly Permission[] = talk;

/** 0 for an owner, 4 for a guest: a lower number outranks a higher one. */
export const rank = (of: Role): number => roles.indexOf(of);
