/**
 * Rows of a timeline to items of a list: groups by sender, day dividers, the "New" line, runs of comings and goings.
 * Items that did not change keep their identity, so that a list draws only what is new.
 */
import type { MessageRow, NoticeRow, Row, UnknownRow } from '@parley/client';

export type Item =
  /** The first page: nothing was written before. */
  | { type: 'start'; key: string }
  | { type: 'day'; key: string; at: number }
  | { type: 'new'; key: string }
  /** `head`: begins a group, with name and avatar. */
  | { type: 'message'; key: string; row: MessageRow; head: boolean }
  | { type: 'notices'; key: string; rows: readonly NoticeRow[] }
  | { type: 'unknown'; key: string; row: UnknownRow };

/** Messages of one person stand together while no pause is longer. */
export const groupMs = 5 * 60_000;
/** A run of comings and goings longer than this begins a new line. */
const runLimit = 50;

export interface GroupOptions {
  /** The "New" line stands before the first message of others after this position. */
  newAfter: number | undefined;
  /** There is more above: the first day is not known to begin here. */
  before: boolean;
  /**
   * Rows that once stood first. A group always begins at them, so that rows loaded above never change the height of a
   * row that is on the screen.
   */
  breaks: ReadonlySet<string>;
  /** Bounds of the local day that holds a time, Unix ms. */
  day: (at: number) => { start: number; end: number };
}

/** Items of earlier calls by the row that they begin with: an equal one is taken over as it is. */
export class ItemCache {
  readonly #rows = new WeakMap<Row, Item>();
  readonly #days = new WeakMap<Row, Item>();

  take(row: Row, item: Item): Item {
    const items = item.type === 'day' ? this.#days : this.#rows;
    const old = items.get(row);
    if (old && same(old, item)) return old;
    items.set(row, item);
    return item;
  }
}

const start: Item = { type: 'start', key: 'start' };
const newLine: Item = { type: 'new', key: 'new' };

export function group(rows: readonly Row[], options: GroupOptions, cache: ItemCache): Item[] {
  const items: Item[] = options.before ? [] : [start];
  let day = { start: 0, end: 0 };
  let before: Row | undefined;
  let run: NoticeRow[] = [];
  let newDone = !newLineIsHere(rows, options);
  const flush = () => {
    if (run[0]) items.push(cache.take(run[0], { type: 'notices', key: run[0].key, rows: run }));
    run = [];
  };
  for (const row of rows) {
    const newDay = row.at < day.start || row.at >= day.end;
    if (newDay) {
      flush();
      day = options.day(row.at);
      if (before || !options.before) items.push(cache.take(row, { type: 'day', key: `day ${row.key}`, at: row.at }));
    }
    const isNew = !newDone && row.type === 'message' && !row.mine && (row.seq ?? 0) > options.newAfter!;
    if (isNew) {
      flush();
      items.push(newLine);
      newDone = true;
    }
    const breaks = newDay || isNew || options.breaks.has(row.key);
    if (row.type === 'notice' && isMove(row)) {
      if (breaks || run.length >= runLimit) flush();
      run.push(row);
    } else {
      flush();
      items.push(cache.take(row, itemOf(row, breaks || !follows(row, before))));
    }
    before = row;
  }
  flush();
  return items;
}

function itemOf(row: Row, head: boolean): Item {
  if (row.type === 'message') return { type: 'message', key: row.key, row, head };
  if (row.type === 'notice') return { type: 'notices', key: row.key, rows: [row] };
  return { type: 'unknown', key: row.key, row };
}

/** The line stands above what is loaded while everything that is loaded comes after it. */
function newLineIsHere(rows: readonly Row[], { newAfter, before }: GroupOptions): boolean {
  if (newAfter === undefined) return false;
  return !before || (rows[0]?.seq ?? 0) <= newAfter;
}

/** Comings and goings that may be told in one line. */
export function isMove({ entry }: NoticeRow): boolean {
  return entry.kind === 'member' && (entry.data.change === 'join' || entry.data.change === 'leave');
}

function follows(row: Row, before: Row | undefined): boolean {
  if (
    row.type !== 'message' ||
    before?.type !== 'message' ||
    before.user !== row.user ||
    before.imported !== row.imported
  )
    return false;
  if (row.body?.replyTo || row.body?.action || before.body?.action) return false;
  if (before.name !== row.name || before.display !== row.display) return false;
  const pause = row.at - before.at;
  return pause < groupMs && pause > -groupMs;
}

function same(a: Item, b: Item): boolean {
  if (a.type === 'message' && b.type === 'message') return a.row === b.row && a.head === b.head;
  if (a.type === 'notices' && b.type === 'notices')
    return a.rows.length === b.rows.length && a.rows.every((row, at) => row === b.rows[at]);
  if (a.type === 'day' && b.type === 'day') return a.at === b.at;
  if (a.type === 'unknown' && b.type === 'unknown') return a.row === b.row;
  return a.type === b.type;
}

/** The local day of a time, by the clock of the device. */
export function localDay(at: number): { start: number; end: number } {
  const start = new Date(at);
  start.setHours(0, 0, 0, 0);
  const end = new Date(start);
  end.setDate(end.getDate() + 1);
  return { start: start.getTime(), end: end.getTime() };
}
