/** Where one is in the list: at its end, below the New line; loads pages near the edges; tells what was read. */
import type { TimelineState, Timeline as Window } from '@parley/client';
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useRoomContext } from './context.ts';
import type { Item } from './group.ts';
import { newSince, seqUpTo } from './seek.ts';
import { distanceFromEnd, type Virtual } from './virtual.ts';

export interface Place {
  /** The newest row is on the screen. */
  atBottom: boolean;
  /** Messages of others that came since one left the end. */
  fresh: number;
  /** What is new begins above the screen, and one has not been there. */
  newAbove: boolean;
}

export interface PlaceOptions {
  virtualizer: RefObject<Virtual | null>;
  window: Window;
  state: TimelineState;
  items: readonly Item[];
}

/** Rows from the edge of what is loaded at which the next page is asked for. */
const loadAhead = 12;
const endThreshold = 80;
const readAfterMs = 400;

/** The place, and `look` to be called whenever the list scrolled or changed. */
export function usePlace(options: PlaceOptions): Place & { look(): void } {
  const now = useRef(options);
  now.current = options;
  const [place, setPlace] = useState<Place>({ atBottom: true, fresh: 0, newAbove: false });
  const seen = useRef({ seq: 0, new: false, placed: false });
  const read = useReading();
  const look = useRef(() => {
    const { virtualizer, window, state, items } = now.current;
    const list = virtualizer.current;
    if (!list?.range || !seen.current.placed) return;
    const { startIndex, endIndex } = list.range;
    load(window, state, startIndex, items.length - 1 - endIndex);
    const atBottom = state.atEnd && distanceFromEnd(list) <= endThreshold;
    const newAt = newLineIn(items);
    if (newAt >= 0 && newAt >= startIndex) seen.current.new = true;
    if (atBottom) seen.current.seq = seqUpTo(items, items.length - 1);
    if (state.loading !== 'jump') read(atBottom ? seen.current.seq : seqUpTo(items, endIndex));
    const fresh = atBottom ? 0 : newSince(state.rows, seen.current.seq);
    const newAbove =
      state.newAfter !== undefined && !seen.current.new && (newAt < 0 ? state.before : newAt < startIndex);
    setPlace((held) =>
      held.atBottom === atBottom && held.fresh === fresh && held.newAbove === newAbove
        ? held
        : { atBottom, fresh, newAbove },
    );
  }).current;
  useFirstPlace(options, () => {
    seen.current.placed = true;
    seen.current.seq = seqUpTo(now.current.items, now.current.items.length - 1);
  });
  useEffect(look);
  return { ...place, look };
}

const newLines = new WeakMap<readonly Item[], number>();
function newLineIn(items: readonly Item[]): number {
  let at = newLines.get(items);
  if (at === undefined) {
    at = items.findIndex(({ type }) => type === 'new');
    newLines.set(items, at);
  }
  return at;
}

/** Opens at what is new, else at the end. */
function useFirstPlace({ virtualizer, items }: PlaceOptions, placed: () => void): void {
  const done = useRef(false);
  useLayoutEffect(() => {
    const list = virtualizer.current;
    if (done.current || !list || items.length === 0) return;
    done.current = true;
    const newAt = newLineIn(items);
    if (newAt >= 0) list.scrollToIndex(newAt, { align: 'start' });
    else list.scrollToEnd();
    placed();
  });
}

function load(window: Window, state: TimelineState, above: number, below: number): void {
  if (state.loading || state.error) return;
  if (state.before && above <= loadAhead) void window.loadBefore().catch(() => undefined);
  else if (state.after && below <= loadAhead) void window.loadAfter().catch(() => undefined);
}

/** Marks as read what was on the screen for a moment while the window had the focus. */
function useReading(): (seq: number) => void {
  const { room } = useRoomContext();
  const seen = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const mark = useRef(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    if (document.visibilityState !== 'visible' || !document.hasFocus()) return;
    if (seen.current > room.summary.get().marker) room.markRead(seen.current);
  }).current;
  useEffect(() => {
    addEventListener('focus', mark);
    document.addEventListener('visibilitychange', mark);
    return () => {
      clearTimeout(timer.current);
      removeEventListener('focus', mark);
      document.removeEventListener('visibilitychange', mark);
    };
  }, [mark]);
  return (seq) => {
    if (seq <= seen.current && seq <= room.summary.get().marker) return;
    seen.current = seq;
    timer.current ??= setTimeout(mark, readAfterMs);
  };
}
