/** What people type for rooms and people, wherever they are: `#ops`, `#ops:chat.example.org`, `@bob:chat.example.org`. */
import { alias, check, normalizeAlias, type RoomView, roomId, serverLabel } from '@parley/protocol';
import type { RoomSummary } from './api.ts';

/** A room by its id or its name. `server`: whatever one calls the server that knows it; absent = one's own. */
export type RoomAddress = ({ id: string } | { alias: string }) & { server?: string };

/** Reads `#ops`, `ops`, `#ops:server`, an id and `id:server`; undefined for anything else. */
export function readRoom(typed: string): RoomAddress | undefined {
  const parts = divided(typed.trim());
  if (!parts) return undefined;
  const at = parts.server === undefined ? {} : { server: parts.server };
  if (check(roomId, parts.name).ok) return { id: parts.name, ...at };
  const name = normalizeAlias(parts.name);
  return check(alias, name).ok ? { alias: name, ...at } : undefined;
}

/** Reads `@bob`, `bob` and `@bob:server`, in small letters; undefined for anything else. */
export function readPerson(typed: string): { name: string; server?: string } | undefined {
  const parts = divided(typed.trim().replace(/^@/, ''));
  const name = parts?.name.trim().toLowerCase();
  return parts && name ? { ...parts, name } : undefined;
}

/** What people call a server in one spelling: small letters, and names of other scripts as DNS has them. */
export function readServer(typed: string): string | undefined {
  const small = typed.trim().toLowerCase().replace(/\.$/, '');
  if (check(serverLabel, small).ok) return small;
  if (!/[^\0-\x7f]/.test(small) || /[\s/?#@:\\]/.test(small)) return undefined;
  const name = URL.canParse(`http://${small}`) ? new URL(`http://${small}`).hostname : '';
  return check(serverLabel, name).ok ? name : undefined;
}

/** A room of any server by its id, as {@link readRoom} takes it: good for as long as the room is there. */
export const roomAddress = ({ id, server }: Pick<RoomView, 'id' | 'server'>): string =>
  server === undefined ? id : `${id}:${server}`;

/** `#ops`, `#ops:server` where that is another one, `@bob` for a conversation of two, or the title of a room without a name. */
export function roomLabel({ view, server }: Pick<RoomSummary, 'view' | 'server'>): string {
  const { alias: name, title, id, direct } = view;
  if (direct) return server === undefined ? `@${direct.person.name}` : `@${direct.person.name}:${server.label}`;
  if (name === undefined) return title || id;
  return server === undefined ? `#${name}` : `#${name}:${server.label}`;
}

function divided(typed: string): { name: string; server?: string } | undefined {
  const at = typed.indexOf(':');
  if (at === -1) return { name: typed };
  const server = readServer(typed.slice(at + 1));
  return server === undefined ? undefined : { name: typed.slice(0, at), server };
}
