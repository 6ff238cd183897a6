/** A page of a log of which somebody may read some ranges: what is read of it, and what the reader then knows. */
import type { Range } from '@parley/room';

/** Reads the entries of one range from either end, at most `limit`; `backwards` gives the last ones, newest first. */
export interface PageSource<E> {
  forwards(range: Range, limit: number): Promise<E[]>;
  backwards(range: Range, limit: number): Promise<E[]>;
}

export type PageQuery = { before: number } | { after: number } | { around: number };

export interface Paged<E> {
  /** Oldest first. */
  entries: E[];
  /** The place of the entry that matters most, where not all of them can be sent. */
  centre: number;
  /** Whether nothing before the first entry was left out, and nothing after the last. */
  reachesStart: boolean;
  reachesEnd: boolean;
}

/** @param ranges what may be read, ascending */
export async function readPage<E>(
  source: PageSource<E>,
  ranges: readonly Range[],
  query: PageQuery,
  limit: number,
): Promise<Paged<E>> {
  if ('after' in query) {
    const { entries, more } = await forwards(source, ranges, query.after + 1, limit);
    return { entries, centre: 0, reachesStart: false, reachesEnd: !more };
  }
  if ('before' in query) {
    const { entries, more } = await backwards(source, ranges, query.before - 1, limit);
    return { entries, centre: entries.length - 1, reachesStart: !more, reachesEnd: false };
  }
  const middle = query.around;
  let later = await forwards(source, ranges, middle, Math.ceil(limit / 2));
  const earlier = await backwards(source, ranges, middle - 1, limit - later.entries.length);
  const room = limit - earlier.entries.length;
  if (later.more && room > later.entries.length) later = await forwards(source, ranges, middle, room);
  return {
    entries: [...earlier.entries, ...later.entries],
    centre: Math.min(earlier.entries.length, earlier.entries.length + later.entries.length - 1),
    reachesStart: !earlier.more,
    reachesEnd: !later.more,
  };
}

/** The page without what does not fit; sizes are those of its entries. */
export function fitted<E>(page: Paged<E>, sizes: readonly number[], most: number): Paged<E> {
  const { entries, centre } = page;
  if (entries.length === 0) return page;
  let from = centre;
  let to = centre;
  let left = most - sizes[centre]!;
  for (;;) {
    const older = from > 0 ? sizes[from - 1]! : Number.POSITIVE_INFINITY;
    const newer = to < entries.length - 1 ? sizes[to + 1]! : Number.POSITIVE_INFINITY;
    // The nearer side first.
    const goesBack = older <= left && (centre - from <= to - centre || newer > left);
    if (!goesBack && newer > left) break;
    left -= goesBack ? older : newer;
    if (goesBack) from -= 1;
    else to += 1;
  }
  return {
    entries: entries.slice(from, to + 1),
    centre: centre - from,
    reachesStart: page.reachesStart && from === 0,
    reachesEnd: page.reachesEnd && to === entries.length - 1,
  };
}

/** Which seqs the reader knows after a page, and whether there is more to ask for on either side. */
export function boundsOf(
  { entries, reachesStart, reachesEnd }: Paged<{ seq: number }>,
  ranges: readonly Range[],
  query: PageQuery,
): { from: number; to: number; before: boolean; after: boolean } {
  const first = ranges[0]?.from ?? 0;
  const last = ranges.at(-1)?.to ?? 0;
  const low = entries[0]?.seq;
  const high = entries.at(-1)?.seq;
  if ('after' in query) {
    const from = Math.max(first, query.after + 1);
    const to = reachesEnd ? last : (high ?? last);
    return { from, to, before: from > first, after: !reachesEnd };
  }
  if ('before' in query) {
    const to = Math.max(0, Math.min(last, query.before - 1));
    const from = reachesStart ? first : (low ?? first);
    return { from, to, before: !reachesStart, after: to < last };
  }
  return {
    from: reachesStart ? first : (low ?? first),
    to: reachesEnd ? last : (high ?? last),
    before: !reachesStart,
    after: !reachesEnd,
  };
}

interface Some<E> {
  entries: E[];
  more: boolean;
}

async function forwards<E>(
  source: PageSource<E>,
  ranges: readonly Range[],
  from: number,
  limit: number,
): Promise<Some<E>> {
  const entries: E[] = [];
  for (const range of ranges) {
    if (range.to < from || entries.length > limit) continue;
    const rest = { from: Math.max(from, range.from), to: range.to };
    entries.push(...(await source.forwards(rest, limit + 1 - entries.length)));
  }
  return { entries: entries.slice(0, limit), more: entries.length > limit };
}

async function backwards<E>(
  source: PageSource<E>,
  ranges: readonly Range[],
  to: number,
  limit: number,
): Promise<Some<E>> {
  const entries: E[] = [];
  for (const range of ranges.toReversed()) {
    if (range.from > to || entries.length > limit) continue;
    const rest = { from: range.from, to: Math.min(to, range.to) };
    entries.push(...(await source.backwards(rest, limit + 1 - entries.length)));
  }
  return { entries: entries.slice(0, limit).reverse(), more: entries.length > limit };
}
