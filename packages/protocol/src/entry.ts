/** An entry of a room's log as clients see it: the header in plain words, with the content that is still there. */
import { content, messageRef } from './content.ts';
import { anything, check, count, flag, type Infer, integer, list, nullable, optional, text, view } from './field.ts';
import { roomId, userId } from './id.ts';
import { type BodyOf, type DataOf, isKind, type KindName, kinds } from './kind.ts';
import { limits } from './limits.ts';

/** A place in a room's log. Terms rise when a clerk is restored; within a term `seq` is dense. */
export const position = view({ term: count(), seq: count() });
export type Position = Infer<typeof position>;

/** One reaction; taken back by naming `user` and `clientId`. */
export const reaction = view({
  emoji: text(limits.emoji),
  user: userId,
  name: text(limits.displayName),
  clientId: text(64),
  seq: count(),
});
export type Reaction = Infer<typeof reaction>;

/** What became of a message after it was written; only on pages of history, a live client folds it itself. */
export const annotations = {
  edited: optional(view({ seq: count(), at: count(), body: nullable(view(content.shape)) })),
  redacted: optional(
    view({
      seq: count(),
      at: count(),
      user: userId,
      name: text(limits.displayName),
      reason: optional(text(limits.reason)),
    }),
  ),
  reactions: optional(list(reaction, 1_000)),
  pinned: optional(flag()),
};

export const rawEntry = view({
  room: roomId,
  term: count(),
  seq: count(),
  /** Unix ms by the clerk's clock, for display. */
  at: count(),
  kind: text(32),
  user: userId,
  /** What the author is called: the account's name, for mentions and labels. */
  name: text(limits.displayName),
  /** The name they chose to show, when it differs. */
  display: optional(text(limits.displayName)),
  /** Label of the author's server when it is not this one. */
  server: optional(text(255)),
  /** Written by the clerk itself: timed endings, imports. */
  clerk: optional(flag()),
  clientId: text(64),
  target: optional(view({ ...messageRef.shape, seq: optional(count()) })),
  data: optional(anything()),
  /** Name of the person in `data.subject`. */
  subjectName: optional(text(limits.displayName)),
  /** Absent where the kind has none; null when it was taken away. */
  body: optional(anything()),
  /** Sizes of the parts, whether or not they are still there. */
  sizes: optional(list(integer(0, limits.frameBytes), 8)),
  /** How many members the room has after it; of `member` entries that come live. */
  members: optional(count()),
  ...annotations,
});
export type RawEntry = Infer<typeof rawEntry>;

// `Omit` would lose every named field, because a view has an index signature.
type EntryFrame = { [F in keyof RawEntry as F extends 'kind' | 'data' | 'body' ? never : F]: RawEntry[F] };
export type EntryOf<K extends KindName> = EntryFrame & {
  kind: K;
  data: DataOf<K>;
  body: BodyOf<K> | null;
};
/** An entry of a kind that this version knows; told apart by `kind`. */
export type Entry = { [K in KindName]: EntryOf<K> }[KindName];

/** Types a raw entry by its kind. Undefined for a kind that this version does not know, or whose data has another form. */
export function readEntry(raw: RawEntry): Entry | undefined {
  if (!isKind(raw.kind)) return undefined;
  const { data, body } = kinds[raw.kind];
  if (data && !check<unknown>(data, raw.data ?? {}).ok) return undefined;
  if (body && raw.body !== null && raw.body !== undefined && !check<unknown>(body, raw.body).ok) return undefined;
  return { ...raw, data: raw.data ?? {}, body: raw.body ?? null } as Entry;
}
