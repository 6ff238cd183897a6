/** Entries as clients see them, from what was just appended or from what is stored. */
import { decodeCbor, isCountable, isRow, type RawEntry } from '@parley/protocol';
import { clerkUser, type Header, type Part } from '@parley/room';
import type { People } from './people.ts';

/** What the entry says and by whom; undefined for entries that are no act (new terms, tombstones). */
export function actOf(header: Header) {
  const { what } = header;
  return what.type === 'envelope' || what.type === 'clerk' ? what.act : undefined;
}

export const shownRow = (kind: string): boolean => isRow(kind);
export const counts = (kind: string, header: Header): boolean => isCountable(kind) && header.what.type !== 'tombstone';

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

/** Content of a plain room's part. */
export const readBody = (part: Part | undefined): unknown => (part ? decodeCbor(part.bytes, 8) : null);

/** @param body the content, null when it was taken away, undefined for kinds without any */
export function entryView(room: string, header: Header, body: unknown, people: People, serverName: string): RawEntry {
  const act = actOf(header);
  const { term, seq } = header.pos;
  if (!act) {
    const user = clerkUser(room);
    return {
      room,
      term,
      seq,
      at: header.at,
      kind: header.what.type,
      user,
      name: serverName,
      clientId: `pos:${term}:${seq}`,
    };
  }
  const author = people.get(act.user);
  const subject = subjectOf(act.data);
  const view: RawEntry = {
    room,
    term,
    seq,
    at: header.at,
    kind: act.kind,
    user: act.user,
    name: author?.name ?? serverName,
    clientId: act.clientId,
  };
  if (author?.display) view.display = author.display;
  if (header.what.type === 'clerk') view.clerk = true;
  if (act.target) view.target = { ...act.target };
  if (act.data !== undefined) view.data = act.data;
  if (subject) view.subjectName = people.get(subject)?.display ?? people.get(subject)?.name ?? 'somebody';
  if (act.parts.length > 0) view.body = body ?? null;
  return view;
}
