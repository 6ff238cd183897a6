import type { MessageRow } from '@parley/client';
import { type RefObject, useEffect, useEffectEvent } from 'react';
import { copyCode } from './clipboard.ts';
import { type RoomContextValue, useRoomContext } from './context.ts';
import type { Item } from './group.ts';
import { rightsOn } from './may.ts';
import { listenToRows } from './rowEvents.ts';
import { focusRow } from './useScroll.ts';
import type { Virtual } from './virtual.ts';

export interface RowEventOptions {
  scroller: RefObject<HTMLElement | null>;
  virtualizer: RefObject<Virtual | null>;
  items: readonly Item[];
  /** Esc on a row, or ↓ on the last. */
  onLeave(): void;
}

/** Pointer, keys and long press on the rows of the list. */
export function useRowEvents({ scroller, virtualizer, items, onLeave }: RowEventOptions): void {
  const room = useRoomContext();
  const messageOf = (key: string): MessageRow | undefined => {
    const item = items.findLast((one) => one.key === key);
    return item?.type === 'message' ? item.row : undefined;
  };
  const letter = useEffectEvent((key: string, typed: string, row: HTMLElement) => {
    const message = messageOf(key);
    return message ? actByLetter(room, message, typed, row) : false;
  });
  const press = useEffectEvent((key: string, button: HTMLElement) => {
    const message = messageOf(key);
    if ('copy' in button.dataset) void copyCode(button);
    else if (message) room.openEdits(message);
  });
  const menu = useEffectEvent((key: string, anchor: HTMLElement) => {
    const message = messageOf(key);
    if (message) room.openMenu(message, anchor);
  });
  const step = useEffectEvent((from: string | undefined, by: 1 | -1) => {
    const list = virtualizer.current;
    if (!list || !scroller.current) return;
    let at =
      from === undefined
        ? (list.range?.endIndex ?? items.length - 1)
        : items.findLastIndex(({ key }) => key === from) + by;
    while (items[at]?.type === 'new' || items[at]?.type === 'start') at += by;
    if (at >= items.length) return onLeave();
    if (at < 0) return;
    list.scrollToIndex(at, { align: 'auto' });
    focusRow(scroller.current, at);
  });
  const leave = useEffectEvent(onLeave);
  useEffect(() => {
    const list = scroller.current;
    if (!list) return;
    return listenToRows(list, {
      active: (key) => room.active.set(key),
      letter: (key, typed, row) => letter(key, typed, row),
      press: (key, button) => press(key, button),
      menu: (key, anchor) => menu(key, anchor),
      leave: () => leave(),
      step: (from, by) => step(from, by),
    });
  }, [scroller, room]);
}

/** Single letters act on the row that has the focus. False when there is nothing to do, so that others may use it. */
function actByLetter(room: RoomContextValue, row: MessageRow, typed: string, element: HTMLElement): boolean {
  const rights = rightsOn(row, room.room.summary.get().view, Date.now());
  const bar = element.querySelector<HTMLElement>('[data-bar] button:last-child') ?? element;
  const acts: Record<string, (() => void) | false> = {
    '+': rights.react && (() => room.pickReaction(row, bar)),
    r: rights.reply && (() => room.reply(row)),
    e: rights.edit && (() => room.edit(row)),
    p: rights.pin && (() => room.pin(row)),
    Delete: rights.delete && (() => room.remove(row)),
    l: row.seq !== undefined && (() => room.copyLink(row)),
    '.': () => room.openMenu(row, bar),
    Enter: () => room.openMenu(row, bar),
  };
  const act = acts[typed];
  if (!act) return false;
  act();
  return true;
}
