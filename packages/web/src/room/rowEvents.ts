/**
 * One set of listeners for all rows of a list: pointer, focus, keys, long press. Rows carry `data-key` and cost nothing
 * for it. The list is one tab stop; its rows are reached by arrows.
 */

import { setReach } from './reach.ts';

export interface RowHandlers {
  /** The row that has the action bar now. */
  active(key: string | undefined): void;
  /** A single letter or sign on a row that has the focus by keyboard. True when it was used. */
  letter(key: string, letter: string, row: HTMLElement): boolean;
  /** A button inside text that React does not draw. */
  press(key: string, button: HTMLElement): void;
  /** A long press, or the menu key. */
  menu(key: string, anchor: HTMLElement): void;
  /** Esc on a row: back to where one writes. */
  leave(): void;
  /** Focus moves to the row after or before; false at the end of what is loaded. */
  step(from: string | undefined, by: 1 | -1): void;
}

const longPressMs = 500;
const movedPx = 10;

/** Listens until the returned function is called. */
export function listenToRows(list: HTMLElement, handlers: RowHandlers): () => void {
  const stop = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(type: K, listener: (event: HTMLElementEventMap[K]) => void) =>
    list.addEventListener(type, listener, { signal: stop.signal, passive: false });
  list.tabIndex = 0;
  let byPointer = false;
  let reached: HTMLElement | undefined;
  const reach = (row: HTMLElement | undefined) => {
    if (row === reached) return;
    if (reached) setReach(reached, -1);
    if (row) setReach(row, 0);
    reached = row;
  };
  // Rows that move under a pointer at rest mean nothing: only one that moves itself chooses.
  let pointer = { x: -1, y: -1 };
  on('pointermove', ({ pointerType, clientX, clientY, target }) => {
    if (pointerType === 'touch' || (clientX === pointer.x && clientY === pointer.y)) return;
    pointer = { x: clientX, y: clientY };
    handlers.active(rowOf(target)?.dataset.key);
  });
  on('pointerleave', () => handlers.active(undefined));
  on('pointerdown', () => {
    byPointer = true;
  });
  on('pointerup', () => {
    byPointer = false;
  });
  on('focusin', (event) => {
    const row = rowOf(event.target);
    if (event.target === list && !byPointer) handlers.step(undefined, -1);
    reach(row);
    if (row && !byPointer) handlers.active(row.dataset.key);
    list.tabIndex = row ? -1 : 0;
  });
  on('focusout', (event) => {
    if (event.relatedTarget instanceof Node && list.contains(event.relatedTarget)) return;
    reach(undefined);
    list.tabIndex = 0;
    handlers.active(undefined);
  });
  on('click', (event) => {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-copy],[data-edited]') : null;
    const key = button && rowOf(button)?.dataset.key;
    if (button && key) handlers.press(key, button);
  });
  on('keydown', (event) => onKey(event, handlers));
  listenToLongPress(on, handlers);
  return () => stop.abort();
}

export function rowOf(target: EventTarget | null): HTMLElement | undefined {
  return target instanceof Element ? (target.closest<HTMLElement>('li[data-key]') ?? undefined) : undefined;
}

function onKey(event: KeyboardEvent, handlers: RowHandlers): void {
  const row = rowOf(event.target);
  const key = row?.dataset.key;
  if (!row || key === undefined || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  const onRow = event.target === row;
  const used = () => {
    event.preventDefault();
    event.stopPropagation();
  };
  if (event.key === 'Escape') {
    used();
    if (onRow) handlers.leave();
    else row.focus();
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    used();
    handlers.step(key, event.key === 'ArrowDown' ? 1 : -1);
  } else if (!onRow) return;
  else if (event.key === 'ArrowRight') {
    used();
    handlers.active(key);
    requestAnimationFrame(() => row.querySelector<HTMLElement>('[data-bar] button')?.focus());
  } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    used();
    handlers.menu(key, row);
  } else if (!row.matches(':focus-visible')) return;
  else if (event.key.length === 1 || event.key === 'Delete' || event.key === 'Enter') {
    if (handlers.letter(key, event.key, row)) used();
  }
}

type On = <K extends keyof HTMLElementEventMap>(type: K, listener: (event: HTMLElementEventMap[K]) => void) => void;

function listenToLongPress(on: On, handlers: RowHandlers): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = { x: 0, y: 0 };
  let fired = false;
  const cancel = () => clearTimeout(timer);
  on('pointerdown', (event) => {
    cancel();
    fired = false;
    const row = rowOf(event.target);
    const key = row?.dataset.key;
    if (event.pointerType !== 'touch' || !row || key === undefined) return;
    from = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      fired = true;
      getSelection()?.removeAllRanges();
      handlers.menu(key, row);
    }, longPressMs);
  });
  on('pointermove', (event) => {
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > movedPx) cancel();
  });
  for (const type of ['pointerup', 'pointercancel'] as const) on(type, cancel);
  // The press that opened the sheet is no click on what lies under the finger then.
  on('touchend', (event) => {
    if (fired) event.preventDefault();
    fired = false;
  });
  on('contextmenu', (event) => {
    if (event instanceof PointerEvent && event.pointerType === 'touch') event.preventDefault();
  });
}
