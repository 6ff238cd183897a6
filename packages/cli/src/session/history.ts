/** Reading back in a room: the newest entries, or those since a moment. */
import { limits, type Page, type RawEntry } from '@parley/protocol';
import type { Connected } from './connect.ts';

export interface Query {
  room: string;
  /** At most so many, the newest of them; all when absent. */
  count?: number | undefined;
  /** Unix ms. */
  since?: number | undefined;
  show: 'rows' | 'everything';
}
export interface Read {
  /** Oldest first. */
  entries: RawEntry[];
  /** Everything up to here was looked at. */
  to: number;
}

/** Most entries that are held when a count is asked for. */
export const maxCount = 100_000;

/** Reads backwards until there are enough. */
export async function readNewest({ client, signal }: Connected, { room, count = 20, show }: Query): Promise<Read> {
  const pages: RawEntry[][] = [];
  let left = count;
  let before: number | undefined;
  let to = 0;
  do {
    const limit = Math.max(1, Math.min(limits.page, left));
    const range = before === undefined ? {} : { before };
    const page = await client.request('history.page', { room, limit, show, ...range }, { signal });
    if (before === undefined) to = endOf(page);
    const entries = left < page.entries.length ? page.entries.slice(page.entries.length - left) : page.entries;
    pages.unshift(entries);
    left -= entries.length;
    if (!page.before || page.entries.length === 0) break;
    before = page.from;
  } while (left > 0);
  return { entries: pages.flat(), to };
}

/** Reads forwards from a moment on, a page at a time; the last page says how far the log reached. */
export async function* readSince(
  { client, signal }: Connected,
  { room, since = 0, show }: Query,
): AsyncGenerator<Read> {
  let page = await client.request('history.page', { room, at: since, limit: limits.page, show }, { signal });
  for (;;) {
    // Imported entries stand later than they happened, so each is asked for its own time.
    yield { entries: page.entries.filter(({ at }) => at >= since), to: endOf(page) };
    if (!page.after) return;
    page = await client.request('history.page', { room, after: endOf(page), limit: limits.page, show }, { signal });
  }
}

const endOf = (page: Page): number => Math.max(page.to, page.entries.at(-1)?.seq ?? 0);
