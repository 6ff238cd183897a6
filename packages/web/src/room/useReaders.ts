import type { Room } from '@parley/client';
import { useMemo, useRef } from 'react';
import { useReadable } from '../ui/useReadable.ts';
import type { Item } from './group.ts';
import { nobody, placeReaders, type ReadersByItem } from './readers.ts';

/** Who has read up to which item of the list. */
export function useReaders(room: Room, items: readonly Item[], atEnd: boolean): ReadersByItem {
  const last = useRef<ReadersByItem>(nobody);
  const readers = useReadable(room.receipts);
  return useMemo(() => {
    last.current = placeReaders(items, readers.values(), atEnd, last.current);
    return last.current;
  }, [items, readers, atEnd]);
}
