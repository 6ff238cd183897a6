/**
 * The formula of unread that server and client share: countable entries of others after the marker; one's own message
 * moves the marker to itself. Mentions are those that name the reader; they count until they are read, deleted or not.
 */
import { isCountable, type RawEntry } from '@parley/protocol';
import { mentions } from './row.ts';

export interface Counts {
  readonly marker: number;
  readonly unread: number;
  readonly mentions: number;
}

/** The counts after one more entry; entries come in the order of the log. */
export function counted(counts: Counts, entry: RawEntry, me: string | undefined): Counts {
  if (!isCountable(entry) || entry.seq <= counts.marker) return counts;
  if (entry.user === me) return { marker: entry.seq, unread: 0, mentions: 0 };
  return {
    marker: counts.marker,
    unread: counts.unread + 1,
    mentions: counts.mentions + (mentions(entry.body, me) ? 1 : 0),
  };
}

/**
 * The counts with the marker at `marker`, from the rows after it; these must be complete. Whom deleted words meant is not
 * known any more: then the mentions are `otherwise`.
 */
export function recounted(
  marker: number,
  rows: readonly RawEntry[],
  me: string | undefined,
  otherwise: number,
): Counts {
  const others = rows.filter((row) => row.seq > marker && isCountable(row) && row.user !== me);
  const isKnown = others.every((row) => (row.body ?? null) !== null);
  const mentioned = isKnown ? others.filter((row) => mentions(row.body, me)).length : otherwise;
  return { marker, unread: others.length, mentions: mentioned };
}
