/** Who may read which entries. The history rule in force at an entry decides. */
import type { RoomState } from './state.ts';

/** Both ends included. */
export interface Range {
  from: number;
  to: number;
}

/**
 * The seqs that somebody may read, ascending and merged.
 * @param member whether they are a member now
 * @param stays when they were members, the present stay included
 */
export function readable(state: RoomState, member: boolean, stays: readonly Range[]): Range[] {
  const out: Range[] = [];
  state.historyRules.forEach(({ from, rule }, i) => {
    const segment = { from, to: (state.historyRules[i + 1]?.from ?? state.head.seq + 1) - 1 };
    if (rule === 'world' || (rule === 'all' && member)) add(out, segment);
    else if (rule === 'since-join')
      for (const stay of stays)
        add(out, { from: Math.max(segment.from, stay.from), to: Math.min(segment.to, stay.to) });
  });
  return out;
}

/** True when `seq` lies in one of the ranges. */
export const within = (ranges: readonly Range[], seq: number): boolean =>
  ranges.some(({ from, to }) => seq >= from && seq <= to);

function add(ranges: Range[], range: Range): void {
  if (range.from > range.to) return;
  const last = ranges.at(-1);
  if (last && last.to + 1 >= range.from) last.to = Math.max(last.to, range.to);
  else ranges.push({ ...range });
}
