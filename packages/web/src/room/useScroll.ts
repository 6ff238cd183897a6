/** Keeping still, and going somewhere. */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Item } from './group.ts';
import { reachScrollers } from './reach.ts';
import { itemIndexOf } from './seek.ts';
import { distanceFromEnd, type Virtual } from './virtual.ts';

const shownMs = 2_000;
/** Frames in which a row that was scrolled to is drawn, at the latest. */
const framesToDraw = 12;

const nearPx = 80;

export interface StayOptions {
  scroller: RefObject<HTMLElement | null>;
  virtualizer: RefObject<Virtual | null>;
  items: readonly Item[];
  /** The window reached the newest entry before this change and still does. */
  follows: boolean;
}

/**
 * Who is at the end stays there: when the frame gets lower (the composer grows, a keyboard opens), and when something
 * comes to stand before the last row, as it does while a message of one's own waits or has failed.
 */
export function useStayAtEnd({ scroller, virtualizer, items, follows }: StayOptions): void {
  const isNear = useRef(true);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let height = element.clientHeight;
    const note = () => {
      const list = virtualizer.current;
      if (list) isNear.current = distanceFromEnd(list) < nearPx;
    };
    const observer = new ResizeObserver(() => {
      if (element.clientHeight === height) return;
      height = element.clientHeight;
      if (isNear.current) virtualizer.current?.scrollToEnd();
    });
    observer.observe(element);
    element.addEventListener('scroll', note, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', note);
    };
  }, [scroller, virtualizer]);
  const shown = useRef(items);
  useLayoutEffect(() => {
    const grew = items.length > shown.current.length;
    shown.current = items;
    if (grew && follows && isNear.current) virtualizer.current?.scrollToEnd();
  }, [items, follows, virtualizer]);
}

const restMs = 200;

/** Looks for code and tables that scroll by themselves when the list has come to rest: it costs a layout. */
export function useReachScrollers(scroller: RefObject<HTMLElement | null>, width: number | undefined): void {
  useEffect(() => {
    if (width === 0) return;
    const timer = setTimeout(() => {
      if (scroller.current) reachScrollers(scroller.current);
    }, restMs);
    return () => clearTimeout(timer);
  });
}

export interface ShowOptions {
  /** Gives it the focus. */
  focus?: boolean;
  /** It is the last one: shows the end instead of marking it. */
  end?: boolean;
}

/** Leads to a row, now or as soon as it is loaded, and marks it for a moment. */
export function useShown(
  items: readonly Item[],
  virtualizer: RefObject<Virtual | null>,
  scroller: RefObject<HTMLElement | null>,
): { shown: string | undefined; show(key: string, options?: ShowOptions): void } {
  const [shown, setShown] = useState<string>();
  const wanted = useRef<{ key: string; options: ShowOptions }>(undefined);
  const latest = useRef(items);
  latest.current = items;
  const go = useRef(() => {
    const target = wanted.current;
    const index = target ? itemIndexOf(latest.current, target.key) : -1;
    if (!target || index < 0) return;
    wanted.current = undefined;
    if (target.options.end) {
      virtualizer.current?.scrollToEnd();
      return;
    }
    virtualizer.current?.scrollToIndex(index, { align: 'center' });
    setShown(latest.current[index]?.key);
    if (target.options.focus && scroller.current) focusRow(scroller.current, index);
  }).current;
  useLayoutEffect(go);
  useEffect(() => {
    if (shown === undefined) return;
    const timer = setTimeout(() => setShown(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [shown]);
  return {
    shown,
    show(key, options = {}) {
      wanted.current = { key, options };
      go();
    },
  };
}

/** Gives the focus to the row of an item, as soon as it is drawn. */
export function focusRow(scroller: HTMLElement, index: number, frames = framesToDraw): void {
  const row = scroller.querySelector<HTMLElement>(`li[data-index="${index}"]`);
  const target = row?.querySelector<HTMLElement>('[data-day]') ?? row;
  if (target) target.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusRow(scroller, index, frames - 1));
}
