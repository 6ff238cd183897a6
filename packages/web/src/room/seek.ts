/** Finding things in rows and items. Searches begin near where they usually end. */
import type { MessageRow, Row } from '@parley/client';
import type { MessageRef } from '@parley/protocol';
import type { Item } from './group.ts';

/** Where the item stands that shows the row with this key; -1 when it is not loaded. */
export function itemIndexOf(items: readonly Item[], key: string): number {
  return items.findLastIndex(
    (item) => item.key === key || (item.type === 'notices' && item.rows.some((row) => row.key === key)),
  );
}

/** A quote looks back so far; what is further away is found by jumping there. */
const quoteReach = 2_000;

/** The message that an item answers, when it is near. */
export function quotedBy(rows: readonly Row[], item: Item): MessageRow | undefined {
  if (item.type !== 'message') return undefined;
  const target = item.row.body?.replyTo;
  return target && messageOf(rows, target, rows.lastIndexOf(item.row));
}

export function messageOf(rows: readonly Row[], ref: MessageRef, before = rows.length - 1): MessageRow | undefined {
  const from = before < 0 ? rows.length - 1 : before;
  for (let at = from; at >= Math.max(0, from - quoteReach); at--) {
    const row = rows[at];
    if (row?.type === 'message' && row.clientId === ref.clientId && row.user === ref.user) return row;
  }
  return undefined;
}

const counted = new WeakMap<readonly Row[], { seq: number; count: number }>();

/** How many messages of others stand after a position. */
export function newSince(rows: readonly Row[], seq: number): number {
  const held = counted.get(rows);
  if (held?.seq === seq) return held.count;
  const count = countSince(rows, seq);
  counted.set(rows, { seq, count });
  return count;
}

function countSince(rows: readonly Row[], seq: number): number {
  let count = 0;
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = rows[at]!;
    if (row.seq !== undefined && row.seq <= seq) break;
    if (row.type === 'message' && !row.mine && row.seq !== undefined) count++;
  }
  return count;
}

/** The highest position among the items up to an index: what has been on the screen. */
export function seqUpTo(items: readonly Item[], index: number): number {
  for (let at = Math.min(index, items.length - 1); at >= 0; at--) {
    const item = items[at]!;
    if (item.type === 'message' && item.row.seq !== undefined) return item.row.seq;
    if (item.type === 'unknown') return item.row.seq;
    if (item.type === 'notices') return item.rows.at(-1)?.seq ?? 0;
  }
  return 0;
}

/** One's last message that can be edited: for ↑ in the empty composer. */
export function lastOwn(rows: readonly Row[]): MessageRow | undefined {
  for (let at = rows.length - 1; at >= Math.max(0, rows.length - 200); at--) {
    const row = rows[at]!;
    if (row.type === 'message' && row.mine && row.seq !== undefined && row.body && !row.imported) return row;
  }
  return undefined;
}
