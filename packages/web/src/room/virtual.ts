import type { useVirtualizer } from '@tanstack/react-virtual';

export type Virtual = ReturnType<typeof useVirtualizer<HTMLElement, Element>>;

/** From what the list knows: reading it from the page would cost a layout for each step of a scroll. */
export function distanceFromEnd(list: Virtual): number {
  return list.getTotalSize() - (list.scrollOffset ?? 0) - (list.scrollRect?.height ?? 0);
}
