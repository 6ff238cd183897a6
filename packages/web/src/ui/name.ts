/** How people and rooms are called and coloured. */
import { type Client, type RoomSummary, roomAddress } from '@parley/client';
import { type Person, type RoomView, serverOf } from '@parley/protocol';

/** A class `n1`…`n8` that sets `--c`: from the id, never from the name, so that a copied name has another colour. */
export function nameColor(id: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return `n${((hash >>> 0) % 8) + 1}`;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Two signs for an avatar, or one. */
export function initials(name: string, count = 2): string {
  const signs: string[] = [];
  for (const { segment } of segmenter.segment(name.trim())) {
    if (/[\p{L}\p{N}\p{Emoji_Presentation}]/u.test(segment)) signs.push(segment);
    if (signs.length === count || /\p{Emoji_Presentation}/u.test(segment)) break;
  }
  return signs.join('').toLocaleUpperCase() || '?';
}

export const shownName = (of: { name: string; display?: string | undefined }): string => of.display || of.name;

/** How one writes to somebody: `ada`, `bob:chat.example.org`. */
export function handleOf(client: Client, { id, name, server }: Pick<Person, 'id' | 'name' | 'server'>): string {
  const label = client.servers.labelOf(id, server);
  return label === undefined ? name : `${name}:${label}`;
}

/** What a room is called: its alias, else its title, else the beginning of its id; a conversation of two as the other one. */
export const roomName = (view: RoomView): string => view.alias ?? (view.title || view.id.slice(0, 8));

/** A room and the server that keeps it, or that of whom one speaks with there, where that is another one. */
export type PlacedRoom = Pick<RoomSummary, 'view' | 'server'>;

export function placed(client: Client, view: RoomView): PlacedRoom {
  const { direct, server } = view;
  if (!direct) return { view, server: server === undefined ? undefined : client.servers.of(server) };
  const { id, server: told } = direct.person;
  const isHere = client.servers.labelOf(id, told) === undefined;
  return { view, server: isHere ? undefined : client.servers.of(serverOf(id)) };
}

/** The name in links, `#/r/<this>`: `ops`, `ops:chat.example.org`, with ids where there are no names. */
export function roomKey({ view, server }: PlacedRoom): string {
  const { alias, id, direct } = view;
  if (direct) return id;
  if (server === undefined) return alias ?? id;
  return alias === undefined ? roomAddress(view) : `${alias}:${server.name ?? server.id}`;
}

/** What a room is called in a sentence: `#ops`, `#ops:chat.example.org`; a conversation of two by the other one's name. */
export const roomTag = ({ view, server }: PlacedRoom): string =>
  view.direct ? roomName(view) : `#${roomName(view)}${server === undefined ? '' : `:${server.label}`}`;
