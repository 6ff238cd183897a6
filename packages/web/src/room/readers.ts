/** Where in a list readers stand: at the last item that each has read. At one's own message one need not be shown. */
import type { Reader } from '@parley/client';
import type { Item } from './group.ts';

/** By the key of an item, each list by name. */
export type ReadersByItem = ReadonlyMap<string, readonly Reader[]>;

export const nobody: ReadersByItem = new Map();

/**
 * @param atEnd whether the list reaches the newest entry; else whoever has read past it stands below
 * @param before what was placed last: lists that show the same people are taken over from it
 */
export function placeReaders(
  items: readonly Item[],
  readers: Iterable<Reader>,
  atEnd: boolean,
  before: ReadersByItem,
): ReadersByItem {
  const newest = items.findLast((item) => seqOf(item) !== undefined);
  const newestSeq = newest && seqOf(newest);
  const found = new Map<string, Reader[]>();
  for (const reader of readers) {
    if (newestSeq === undefined || (!atEnd && reader.seq > newestSeq)) continue;
    const item = items.findLast((each) => (seqOf(each) ?? Number.POSITIVE_INFINITY) <= reader.seq);
    if (!item || isOwn(item, reader.user)) continue;
    const held = found.get(item.key);
    if (held) held.push(reader);
    else found.set(item.key, [reader]);
  }
  const placed = [...found].map(([key, list]): [string, readonly Reader[]] => {
    list.sort((a, b) => a.name.localeCompare(b.name) || (a.user < b.user ? -1 : 1));
    const old = before.get(key);
    return [key, old && shows(old, list) ? old : list];
  });
  return new Map(placed);
}

/** Position of what can be read; of a run of comings and goings that of the last. */
function seqOf(item: Item): number | undefined {
  if (item.type === 'message' || item.type === 'unknown') return item.row.seq;
  return item.type === 'notices' ? item.rows.at(-1)?.seq : undefined;
}

const isOwn = (item: Item, user: string): boolean => item.type === 'message' && item.row.user === user;

const shows = (old: readonly Reader[], list: readonly Reader[]): boolean =>
  old.length === list.length && old.every(({ user, name }, at) => user === list[at]?.user && name === list[at].name);

/** Names in a line, of which the last may be how many more there are. */
export function namesOf(readers: readonly Reader[], most: number): string {
  const rest = readers.length - most;
  const names = readers.slice(0, rest > 1 ? most : most + 1).map(({ name }) => name);
  if (rest > 1) names.push(`${rest} more`);
  return list.format(names);
}
const list = new Intl.ListFormat('en', { type: 'conjunction' });
