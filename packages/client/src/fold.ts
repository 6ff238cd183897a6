/**
 * What later acts make of earlier messages: edits, redactions, reactions, pins, erasure, written onto the messages in
 * the form that pages of history have. Folding an act twice, or one that a page had folded already, changes nothing.
 */
import { isKind, isRow, type Person, type RawEntry, type Reaction, readEntry } from '@parley/protocol';

const reactionsPerMessage = 1_000;

/** Entries that nobody made: the record of a refusal, the beginning of a term. */
const unseen = new Set(['tombstone', 'term']);
/** Whether an entry has a row of its own; what this version does not know is shown as such. */
export const isShown = ({ kind }: RawEntry): boolean => (isKind(kind) ? isRow(kind) : !unseen.has(kind));

const acts = new Set(['edit', 'redact', 'react', 'unreact', 'pin', 'unpin', 'erase']);
/** Whether an entry can change other entries' rows. */
export const isAct = (entry: RawEntry): boolean => acts.has(entry.kind);

export const sameMessage = (a: { user: string; clientId: string }, b: { user: string; clientId: string }): boolean =>
  a.clientId === b.clientId && a.user === b.user;

/** The rows after an act: the same array when it means none of them; rows that stay keep their identity. */
export function fold(rows: readonly RawEntry[], act: RawEntry): readonly RawEntry[] {
  const entry = readEntry(act);
  switch (entry?.kind) {
    case 'edit':
      return onTarget(rows, act, (row) => edited(row, act, entry.body));
    case 'redact':
      return onTarget(rows, act, (row) => redacted(row, act, entry.body?.reason));
    case 'react':
      return entry.body === null ? rows : onTarget(rows, act, reacting(act, entry.body.emoji));
    case 'unreact':
      return act.target ? withoutReaction(rows, act.target) : rows;
    case 'pin':
      return onTarget(rows, act, (row) => (row.pinned || row.redacted ? row : { ...row, pinned: true }));
    case 'unpin':
      return onTarget(rows, act, unpinned);
    case 'erase':
      return mapped(rows, (row) => erased(row, act, entry.data.subject));
    default:
      return rows;
  }
}

function onTarget(rows: readonly RawEntry[], act: RawEntry, change: (row: RawEntry) => RawEntry): readonly RawEntry[] {
  const { target } = act;
  if (!target) return rows;
  const at = rows.findLastIndex((row) => row.kind === 'message' && sameMessage(row, target));
  return at < 0 ? rows : replaced(rows, at, change);
}

function replaced(rows: readonly RawEntry[], at: number, change: (row: RawEntry) => RawEntry): readonly RawEntry[] {
  const before = rows[at];
  const after = before && change(before);
  return after === undefined || after === before ? rows : rows.with(at, after);
}

function mapped(rows: readonly RawEntry[], change: (row: RawEntry) => RawEntry): readonly RawEntry[] {
  let changed = false;
  const next = rows.map((row) => {
    const after = change(row);
    changed ||= after !== row;
    return after;
  });
  return changed ? next : rows;
}

function edited(row: RawEntry, act: RawEntry, body: unknown): RawEntry {
  if (row.redacted || (row.body ?? null) === null || act.seq <= (row.edited?.seq ?? row.seq)) return row;
  return { ...row, edited: { seq: act.seq, at: act.at, body: body as NonNullable<RawEntry['edited']>['body'] } };
}

function redacted(row: RawEntry, act: RawEntry, reason: string | undefined): RawEntry {
  if (row.redacted) return row;
  const { seq, at, user, name } = act;
  const by = { seq, at, user, name, ...(reason !== undefined && { reason }) };
  return { ...unpinned(row), ...withoutWords(row), ...(row.reactions && { reactions: [] }), redacted: by };
}

/** What is deleted is pinned no longer. */
const unpinned = (row: RawEntry): RawEntry => (row.pinned ? { ...row, pinned: false } : row);

const withoutWords = (row: RawEntry): Partial<RawEntry> => ({
  body: null,
  ...(row.edited && { edited: { ...row.edited, body: null } }),
});

const reacting = (act: RawEntry, emoji: string) => (row: RawEntry) => {
  if (row.redacted) return row;
  const held = row.reactions ?? [];
  const again = held.some((one) => sameMessage(one, act) || (one.emoji === emoji && one.user === act.user));
  if (again || held.length >= reactionsPerMessage) return row;
  const { user, name, clientId, seq } = act;
  return { ...row, reactions: [...held, { emoji, user, name, clientId, seq } satisfies Reaction] };
};

function withoutReaction(rows: readonly RawEntry[], reaction: { user: string; clientId: string }): readonly RawEntry[] {
  const at = rows.findLastIndex((row) => row.reactions?.some((one) => sameMessage(one, reaction)));
  return replaced(rows, at, (row) => ({
    ...row,
    reactions: (row.reactions ?? []).filter((one) => !sameMessage(one, reaction)),
  }));
}

function erased(row: RawEntry, act: RawEntry, subject: string): RawEntry {
  if (row.seq >= act.seq) return row;
  const isTheirs = row.user === subject && row.kind === 'message';
  const wordsGo = isTheirs && (row.body ?? null) !== null;
  const reactions = row.reactions?.filter((one) => one.user !== subject || one.seq > act.seq);
  const fewer = reactions?.length !== row.reactions?.length;
  if (!wordsGo && !fewer && !(isTheirs && row.pinned)) return row;
  const kept = isTheirs ? unpinned(row) : row;
  return { ...kept, ...(wordsGo && withoutWords(row)), ...(fewer && reactions && { reactions }) };
}

/** The rows with a person's present names on all that is theirs. */
export function renamed(rows: readonly RawEntry[], { id, name, display }: Person): readonly RawEntry[] {
  return mapped(rows, (row) => {
    if (row.user !== id || (row.name === name && row.display === display)) return row;
    const { display: _, ...rest } = row;
    return { ...rest, name, ...(display !== undefined && { display }) };
  });
}
