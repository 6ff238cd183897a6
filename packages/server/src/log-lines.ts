/** Lines of a log that came from elsewhere, followed one by one: what is held against the chain, and what of it is kept. */
import { check, type Infer, type Payload, Refusal, userId } from '@parley/protocol';
import { clerkUser, decodeHeader, equalBytes, follow, type Header, type Part, type RoomState } from '@parley/room';
import type { Written } from './append.ts';
import type { Context } from './context.ts';
import { actOf, readBody, subjectOf } from './entry-view.ts';
import { type Named, numbersOf } from './log-people.ts';

export type LogLine = Payload<'archive.write'>['lines'][number];

/** Reads a header; refuses with `bad-request` where it is none. */
export function headerOf(line: LogLine): Header {
  return asked(() => decodeHeader(line.header));
}

/** Refuses with `bad-request` what is wrong with bytes that came in a request. */
export function asked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal && error.code === 'bad-frame') throw new Refusal('bad-request', { field: 'lines' });
    throw error;
  }
}

/** Seqs of lines that follow each other; refuses with `bad-request` where they do not. */
export function rangeOf(headers: readonly Header[]): { from: number; to: number } {
  const from = headers[0]?.pos.seq ?? 0;
  headers.forEach(({ pos }, i) => {
    if (pos.seq !== from + i || from === 0) throw new Refusal('bad-request', { field: 'pos' });
  });
  return { from, to: from + headers.length - 1 };
}

/** Whether these lines are, byte for byte, those in the log under `n`. */
export async function areHeld(
  { store }: Pick<Context, 'store'>,
  n: number,
  lines: readonly LogLine[],
  range: { from: number; to: number },
): Promise<boolean> {
  const stored = await store.entry.forwards(n, range, lines.length, false);
  return stored.length === lines.length && stored.every(({ header }, i) => equalBytes(header, lines[i]!.header));
}

/**
 * Folds lines onto `state`, which is of no use after a refusal; makes it from the first line of a log.
 * Refuses with `bad-request` or `unsupported-room` where they do not follow.
 */
export function followLines(
  { here }: Pick<Context, 'here'>,
  room: string,
  state: RoomState | undefined,
  lines: readonly LogLine[],
): { state: RoomState; headers: Header[] } {
  let followed = state;
  const headers = lines.map(({ header: bytes, parts }) => {
    const { state: next, header } = asked(() => follow(here.crypto, followed, bytes, parts));
    if (next.id !== room) throw new Refusal('bad-request', { field: 'room' });
    followed = next;
    return header;
  });
  if (!followed) throw new Refusal('bad-request', { field: 'lines' });
  return { state: followed, headers };
}

/** What is kept of lines that were followed, with the numbers of their people. */
export async function writtenOf(
  context: Context,
  state: RoomState,
  headers: readonly Header[],
  lines: readonly LogLine[],
): Promise<Written[]> {
  const clerk = clerkUser(state.clerk);
  const named = new Map<string, Named>(lines.flatMap(({ people = [] }) => people).map((each) => [each.user, each]));
  const users = new Set(headers.flatMap((header) => personsOf(header)));
  users.delete(clerk);
  const numbers = await numbersOf(context, [...users], named);
  return headers.map((header, i): Written => {
    const { header: headerBytes, parts } = lines[i]!;
    const act = actOf(header);
    const subject = numbers.get(subjectOf(act?.data) ?? '');
    return {
      header,
      headerBytes,
      parts: keptOf(state, act?.kind, parts),
      body: readBody(parts[0] ?? undefined),
      author: act ? (numbers.get(act.user) ?? 0) : 0,
      ...(subject === undefined ? {} : { subject }),
      mentioned: [],
    };
  });
}

/** Author and subject, as far as they have the form of a user. */
function personsOf(header: Header): string[] {
  const act = actOf(header);
  if (!act) return [];
  return [act.user, subjectOf(act.data)].filter((id): id is Infer<typeof userId> => check(userId, id).ok);
}

/** A room that keeps nothing has kept nothing: names of it aside. */
function keptOf(state: RoomState, kind: string | undefined, parts: readonly (Part | null)[]): readonly (Part | null)[] {
  return state.settings.retentionDays === 0 && kind !== 'create' && kind !== 'settings' ? [] : parts;
}
