/** A contiguous stretch of a room's rows, as pure operations: pages are joined on, acts folded in, the far side dropped. */
import type { Page, RawEntry } from '@parley/protocol';
import { fold, isAct, isShown } from './fold.ts';
import { windowRows } from './limits.ts';

export interface Window {
  /** Oldest first; every row from seq `from` to seq `to`. */
  readonly rows: readonly RawEntry[];
  readonly from: number;
  readonly to: number;
  /** Whether there are rows before and after. */
  readonly before: boolean;
  readonly after: boolean;
}

/** A window over one page. */
export function opened(page: Page): Window {
  const { from, to, before, after } = page;
  return { rows: shown(page), from, to, before, after };
}

/** The window with an older page that was asked for before `from`. */
export function prepended(window: Window, page: Page): Window {
  const older = shown(page).filter((row) => row.seq < window.from);
  const from = Math.min(window.from, page.from);
  return trimmed({ ...window, rows: [...older, ...window.rows], from, before: page.before }, 'end');
}

/** The window with a newer page that was asked for after `to`. */
export function appended(window: Window, page: Page): Window {
  const newer = shown(page).filter((row) => row.seq > window.to);
  const to = Math.max(window.to, page.to);
  return trimmed({ ...window, rows: [...window.rows, ...newer], to, after: page.after }, 'start');
}

/** The window after entries of the log as it grows; at the end of the log it grows too, else it only changes. */
export function grown(window: Window, entries: readonly RawEntry[], head: number, atEnd: boolean): Window {
  let { rows } = window;
  const added: RawEntry[] = [];
  for (const entry of entries) {
    if (atEnd && entry.seq > window.to && isShown(entry)) added.push(entry);
    if (!isAct(entry)) continue;
    if (added.length > 0) rows = [...rows, ...added.splice(0)];
    rows = fold(rows, entry);
  }
  if (added.length > 0) rows = [...rows, ...added];
  const to = atEnd ? Math.max(window.to, head) : window.to;
  return rows === window.rows && to === window.to ? window : trimmed({ ...window, rows, to }, 'start');
}

/** The window with the newest rows of the log, which begin at or before its end. */
export function joined(window: Window, newest: readonly RawEntry[], head: number): Window {
  const rows = [...window.rows, ...newest.filter((row) => row.seq > window.to)];
  return trimmed({ ...window, rows, to: Math.max(window.to, head), after: false }, 'start');
}

/** The window with acts folded in that came while its page was on the way. */
export function folded(window: Window, acts: readonly RawEntry[]): Window {
  const rows = acts.reduce(fold, window.rows);
  return rows === window.rows ? window : { ...window, rows };
}

function trimmed(window: Window, side: 'start' | 'end'): Window {
  const { rows } = window;
  if (rows.length <= windowRows) return window;
  if (side === 'start') {
    const kept = rows.slice(-windowRows);
    return { ...window, rows: kept, from: kept[0]?.seq ?? window.from, before: true };
  }
  const kept = rows.slice(0, windowRows);
  return { ...window, rows: kept, to: kept.at(-1)?.seq ?? window.to, after: true };
}

const shown = (page: Page): RawEntry[] => page.entries.filter(isShown).toSorted((a, b) => a.seq - b.seq);
