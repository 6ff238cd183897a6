import { type RefObject, useEffect, useEffectEvent } from 'react';
import { copyCode } from '../room/clipboard.ts';

/** One tab stop for the lines of a channel: arrows, Home and End move in it; Escape goes to where one writes. */
export function useLineKeys(list: RefObject<HTMLElement | null>, onLeave: () => void): void {
  const leave = useEffectEvent(onLeave);
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const linesOf = () => [...element.querySelectorAll<HTMLElement>('[data-line]')];
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const lines = linesOf();
      const at = lines.indexOf(document.activeElement as HTMLElement);
      if (at < 0) return;
      if (event.key === 'Escape') leave();
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[event.key];
      if (to === undefined && event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      if (to !== undefined) lines[to]?.focus();
    };
    const onFocus = (event: FocusEvent) => {
      const line = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-line]') : null;
      if (line) for (const other of linesOf()) other.tabIndex = other === line ? 0 : -1;
    };
    const onClick = (event: MouseEvent) => {
      const copy = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-copy]') : null;
      if (copy) void copyCode(copy);
    };
    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener('keydown', onKeyDown, { signal });
    element.addEventListener('focusin', onFocus, { signal });
    element.addEventListener('click', onClick, { signal });
    return () => stop.abort();
  }, [list]);
}
