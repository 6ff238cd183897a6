/**
 * The formula of unread that server and client share: entries after the marker that are countable and not one's own;
 * one's own message moves the marker to itself. Mentions are those of them that name the reader.
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

/** The counts with the marker at `marker`, from the rows after it; these must be complete. */
export function recounted(marker: number, rows: readonly RawEntry[], me: string | undefined): Counts {
  let unread = 0;
  let mentioned = 0;
  for (const row of rows) {
    if (row.seq <= marker || !isCountable(row) || row.user === me) continue;
    unread += 1;
    if (mentions(row.body, me)) mentioned += 1;
  }
  return { marker, unread, mentions: mentioned };
}
