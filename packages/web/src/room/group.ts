/**
 * Rows of a timeline to items of a list: groups by sender, day dividers, the "New" line, runs of comings and goings.
 * Items that did not change keep their identity, so that a list draws only what is new.
 */
import type { MessageRow, NoticeRow, Row, UnknownRow } from '@parley/client';

export type Item =
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

/** `held` are the items of the last call: an equal one is taken over as it is. */
export function group(rows: readonly Row[], options: GroupOptions, held: ReadonlyMap<string, Item>): Item[] {
  const items: Item[] = [];
  const push = (item: Item) => {
    const old = held.get(item.key);
    items.push(old && same(old, item) ? old : item);
  };
  let day = { start: 0, end: 0 };
  let before: Row | undefined;
  let run: NoticeRow[] = [];
  let newDone = !newLineIsHere(rows, options);
  const flush = () => {
    if (run.length > 0) push({ type: 'notices', key: run[0]!.key, rows: run });
    run = [];
  };
  for (const row of rows) {
    const newDay = row.at < day.start || row.at >= day.end;
    if (newDay) {
      flush();
      day = options.day(row.at);
      if (before || !options.before) push({ type: 'day', key: `day ${row.key}`, at: row.at });
    }
    const isNew = !newDone && row.type === 'message' && !row.mine && (row.seq ?? 0) > options.newAfter!;
    if (isNew) {
      flush();
      push({ type: 'new', key: 'new' });
      newDone = true;
    }
    const breaks = newDay || isNew || options.breaks.has(row.key);
    if (row.type === 'notice' && isMove(row)) {
      if (breaks || run.length >= runLimit) flush();
      run.push(row);
    } else {
      flush();
      if (row.type === 'message') push({ type: 'message', key: row.key, row, head: breaks || !follows(row, before) });
      else if (row.type === 'notice') push({ type: 'notices', key: row.key, rows: [row] });
      else push({ type: 'unknown', key: row.key, row });
    }
    before = row;
  }
  flush();
  return items;
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

function follows(row: MessageRow, before: Row | undefined): boolean {
  if (before?.type !== 'message' || before.user !== row.user || before.imported !== row.imported) return false;
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
  return a.type === 'new' && b.type === 'new';
}

/** The local day of a time, by the clock of the device. */
export function localDay(at: number): { start: number; end: number } {
  const start = new Date(at);
  start.setHours(0, 0, 0, 0);
  const end = new Date(start);
  end.setDate(end.getDate() + 1);
  return { start: start.getTime(), end: end.getTime() };
}
