/**
 * Names of things. A server is its Ed25519 key, an account a random number on it, a room the hash of its Create act;
 * labels that people type (`ada`, `#ops`) resolve to these and are never used in the log.
 */
import { fromBase32, toBase32 } from './base32.ts';
import { pattern } from './field.ts';
import { limits } from './limits.ts';

export const serverIdBytes = 32;
export const accountIdBytes = 10;
export const roomIdBytes = 32;

/** An Ed25519 public key in base32: 52 letters, of which the last holds one bit: of other spellings there are no bytes. */
export const serverId = pattern(/^[a-z2-7]{51}[aq]$/);
/** How people name a server: its id, or what it is called. */
export const serverLabel = pattern(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
/** `<account>.<server>`: 16 and 52 letters of base32. */
export const userId = pattern(/^[a-z2-7]{16}\.[a-z2-7]{51}[aq]$/);
/** SHA-256 in base32: 52 letters, as {@link serverId}. */
export const roomId = pattern(/^[a-z2-7]{51}[aq]$/);
/** Drawn by the client, once for each act; a resend under it is the same act. */
export const clientId = pattern(new RegExp(`^[A-Za-z0-9._:-]{1,${limits.clientId}}$`));
/** A session of an account: one device, one bot token. */
export const sessionId = pattern(/^[a-z2-7]{16}$/);
/** What a person types to sign in; lower case, so that two names never differ by case alone. */
export const accountName = pattern(new RegExp(`^[a-z0-9][a-z0-9._-]{0,${limits.accountName - 1}}$`));
/** A room's name without `#`: letters and digits of any script, in NFC and lower case. */
export const alias = pattern(
  new RegExp(`^[\\p{Ll}\\p{Lo}\\p{Lm}\\p{N}][\\p{Ll}\\p{Lo}\\p{Lm}\\p{N}\\p{M}._-]{0,${limits.alias - 1}}$`, 'u'),
);

/** Puts what a person typed as a room's name into the form of {@link alias}: no `#`, NFC, lower case. */
export function normalizeAlias(typed: string): string {
  return typed.replace(/^#/, '').normalize('NFC').toLowerCase().trim().replace(/\s+/g, '-');
}

/** The two halves of a user id as bytes. The id must have the form of {@link userId}. */
export function userBytes(user: string): { server: Uint8Array; account: Uint8Array } {
  const [account, server] = user.split('.');
  return { account: idBytes(account ?? ''), server: idBytes(server ?? '') };
}

export function userFromBytes(server: Uint8Array, account: Uint8Array): string {
  return `${toBase32(account)}.${toBase32(server)}`;
}

export const serverOf = (user: string): string => user.slice(user.indexOf('.') + 1);

/** Rooms, servers and accounts come again with every message; the oldest half goes when it is full. */
const read = new Map<string, Uint8Array>();
const mostRead = 4_096;

/** The bytes of an id that has its form, not to be changed; throws a RangeError for what was not checked to have it. */
export function idBytes(id: string): Uint8Array {
  const known = read.get(id);
  if (known) return known;
  const bytes = fromBase32(id);
  if (!bytes) throw new RangeError('not base32');
  if (read.size >= mostRead) for (const old of [...read.keys()].slice(0, mostRead / 2)) read.delete(old);
  read.set(id, bytes);
  return bytes;
}
