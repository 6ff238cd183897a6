/** When a server had people in a room that is kept here: stays of several people as one. */
import type { Range } from '@parley/room';

/** Stays as ranges that do not touch, ascending. */
export function merged(stays: readonly Range[]): Range[] {
  const out: Range[] = [];
  for (const { from, to } of stays.toSorted((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && from <= last.to + 1) last.to = Math.max(last.to, to);
    else out.push({ from, to });
  }
  return out;
}

/** The stay in which the entry after `seq` is, if there is one. */
export const stayAfter = (stays: readonly Range[], seq: number): Range | undefined =>
  merged(stays).find(({ from, to }) => from <= seq + 1 && seq < to);
