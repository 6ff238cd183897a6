import type { Room, Row, Timeline, TimelineState } from '@parley/client';
import { useCallback, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { calmly } from '../ui/calm.ts';
import { group, type Item, ItemCache, localDay } from './group.ts';

/** The window over the room's log; closed with the screen. Undefined in the very first pass only. */
export function useTimeline(room: Room): Timeline | undefined {
  const [timeline, setTimeline] = useState<Timeline>();
  // Before the first paint, so that what is cached is seen at once; in an effect, so that it is closed for certain.
  useLayoutEffect(() => {
    const made = room.timeline();
    setTimeline(made);
    return () => made.close();
  }, [room]);
  return timeline;
}

const empty: TimelineState = {
  rows: [],
  before: true,
  after: false,
  atEnd: true,
  loading: undefined,
  newAfter: undefined,
  error: undefined,
};

export function useTimelineState(timeline: Timeline | undefined): TimelineState {
  const subscribe = useCallback(
    (listener: () => void) => (timeline ? calmly((tell) => timeline.subscribe(tell), listener) : () => undefined),
    [timeline],
  );
  return useSyncExternalStore(subscribe, () => timeline?.get() ?? empty);
}

interface Memory {
  cache: ItemCache;
  breaks: Set<string>;
  first: string | undefined;
}

/** Items of the list. Messages in `deleting` are shown as deleted already: their note can still take it back. */
export function useItems(state: TimelineState, deleting: ReadonlySet<string>): readonly Item[] {
  const memory = useRef<Memory>({ cache: new ItemCache(), breaks: new Set(), first: undefined });
  const { rows, newAfter, before } = state;
  return useMemo(() => {
    const held = memory.current;
    const shown = deleting.size === 0 ? rows : rows.map((row) => (deleting.has(row.key) ? gone(row) : row));
    const first = rows[0]?.key;
    if (held.first !== undefined && first !== held.first) {
      held.breaks.add(held.first);
      if (first !== undefined) held.breaks.add(first);
    }
    held.first = first;
    return group(shown, { newAfter, before, breaks: held.breaks, day: localDay }, held.cache);
  }, [rows, newAfter, before, deleting]);
}

const ghosts = new WeakMap<Row, Row>();
function gone(row: Row): Row {
  if (row.type !== 'message') return row;
  const ghost = ghosts.get(row) ?? { ...row, body: null, reactions: [], redacted: { name: 'you', reason: undefined } };
  ghosts.set(row, ghost);
  return ghost;
}
