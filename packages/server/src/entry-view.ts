/** Entries as clients see them, from what was just appended or from what is stored. */
import { decodeCbor, isCountable, isRow, limits, type RawEntry, serverOf } from '@parley/protocol';
import { clerkUser, type Header, type Part } from '@parley/room';
import type { LoadedRoom } from './loaded-room.ts';
import { type People, shortId } from './people.ts';

/** What the entry says and by whom; undefined for entries that are no act (new terms, tombstones). */
export function actOf(header: Header) {
  const { what } = header;
  return what.type === 'envelope' || what.type === 'clerk' ? what.act : undefined;
}

export const shownRow = (kind: string): boolean => isRow(kind);
export function counts(header: Header): boolean {
  const act = actOf(header);
  return act !== undefined && isCountable(act);
}

/** The people whose names an entry needs. */
export function peopleOf(header: Header): string[] {
  const act = actOf(header);
  if (!act) return [];
  const subject = subjectOf(act.data);
  return subject ? [act.user, subject] : [act.user];
}

export function subjectOf(data: unknown): string | undefined {
  const subject = (data as { subject?: unknown } | undefined)?.subject;
  return typeof subject === 'string' ? subject : undefined;
}

/** Content of a plain room's part; null where it was taken away, and in an archive where it is of no form. */
export function readBody(part: Part | undefined): unknown {
  try {
    return part ? decodeCbor(part.bytes, 8) : null;
  } catch {
    return null;
  }
}

/** Those who are meant by name in a message, as far as the body has that form. */
export function mentionsOf(body: unknown): string[] {
  const mentions = (body as { mentions?: unknown } | null)?.mentions;
  return Array.isArray(mentions) ? mentions.filter((user) => typeof user === 'string').slice(0, limits.mentions) : [];
}

/** @param body the content, null when it was taken away, undefined for kinds without any */
export function entryView(
  room: Pick<LoadedRoom, 'id' | 'state'>,
  header: Header,
  body: unknown,
  people: People,
  here: { id: string; name: string },
): RawEntry {
  const act = actOf(header);
  const { term, seq } = header.pos;
  const { clerk } = room.state;
  const user = act ? act.user : clerkUser(clerk);
  const author = people.get(user);
  const server = serverOf(user);
  const view: RawEntry = {
    room: room.id,
    term,
    seq,
    at: header.at,
    kind: act ? act.kind : header.what.type,
    user,
    name: author
      ? author.name
      : user !== clerkUser(clerk)
        ? 'somebody'
        : clerk === here.id
          ? here.name
          : shortId(clerk),
    clientId: act ? act.clientId : `pos:${term}:${seq}`,
  };
  if (author?.display) view.display = author.display;
  if (server !== here.id) view.server = shortId(server);
  if (!act) return view;
  const subject = subjectOf(act.data);
  if (header.what.type === 'clerk') view.clerk = true;
  if (act.target) view.target = { ...act.target };
  if (act.data !== undefined) view.data = act.data;
  if (subject) view.subjectName = people.get(subject)?.display ?? people.get(subject)?.name ?? 'somebody';
  if (act.parts.length > 0) view.body = body ?? null;
  return view;
}
