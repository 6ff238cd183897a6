/** The list of a room: virtual rows that stay where they are, pages in both ways, pills that lead to what is new. */
import type { Room, TimelineState, Timeline as Window } from '@parley/client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type Ref, useCallback, useEffect, useImperativeHandle, useRef } from 'react';
import { Button } from '../ui/Button.tsx';
import type { Item } from './group.ts';
import { hasWords, ItemView, wordsId } from './ItemView.tsx';
import { guessHeight } from './measure.ts';
import { Pills } from './Pills.tsx';
import { ReadersView } from './ReadersView.tsx';
import { quotedBy } from './seek.ts';
import styles from './Timeline.module.css';
import { usePlace } from './usePlace.ts';
import { useReaders } from './useReaders.ts';
import { useReload } from './useReload.ts';
import { useRowEvents } from './useRowEvents.ts';
import { type ShowOptions, useReachScrollers, useShown, useStayAtEnd } from './useScroll.ts';
import type { Virtual } from './virtual.ts';
import { reasonOf } from './words.ts';

export interface TimelineHandle {
  /** Leads to the row with this key, now or as soon as it is loaded. */
  show(key: string, options?: ShowOptions): void;
  focus(): void;
}

export interface TimelineProps {
  room: Room;
  window: Window;
  state: TimelineState;
  items: readonly Item[];
  /** As `#ops`. */
  name: string;
  unread: number;
  handle: Ref<TimelineHandle>;
  onLeave(): void;
}

export function Timeline({ room, window, state, items, name, unread, handle, onLeave }: TimelineProps) {
  const scroller = useRef<HTMLElement>(null);
  const list = useRef<Virtual>(null);
  const wasAtEnd = useRef(state.atEnd);
  const place = usePlace({ virtualizer: list, window, state, items });
  const follows = wasAtEnd.current && state.atEnd;
  const virtualizer = useVirtualizer<HTMLElement, Element>({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: useCallback((index: number) => items[index]!.key, [items]),
    estimateSize: useCallback((index: number) => guessHeight(items[index]!), [items]),
    initialOffset: () => items.reduce((sum, item) => sum + guessHeight(item), 0),
    anchorTo: 'end',
    // A page that is loaded below what one reads must not carry one along.
    followOnAppend: follows,
    scrollEndThreshold: 80,
    scrollPaddingStart: 56,
    scrollPaddingEnd: 8,
    overscan: 6,
    paddingStart: 16,
    paddingEnd: 8,
    directDomUpdates: true,
    directDomUpdatesMode: 'position',
    onChange: place.look,
  });
  list.current = virtualizer;
  useEffect(() => {
    wasAtEnd.current = state.atEnd;
  }, [state.atEnd]);
  const again = useReload(window);
  const readers = useReaders(room, items, state.atEnd);
  const { shown, show } = useShown(items, list, scroller);
  useImperativeHandle(handle, () => ({
    show,
    focus: () => scroller.current?.focus(),
  }));
  useRowEvents({ scroller, items, virtualizer: list, onLeave });
  useStayAtEnd({ scroller, virtualizer: list, items, follows });
  useReachScrollers(scroller, virtualizer.scrollRect?.width);
  return (
    <div className={styles.wrap}>
      <section ref={scroller} className={styles.scroller} aria-label={`Messages in ${name}`} data-timeline>
        <ol ref={virtualizer.containerRef} className={styles.list}>
          {virtualizer.getVirtualItems().map(({ index, key }) => {
            const item = items[index];
            if (!item) return null;
            const here = readers.get(item.key);
            return (
              <li
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                data-key={item.key}
                tabIndex={-1}
                aria-labelledby={hasWords(item) ? wordsId(item.key) : undefined}
              >
                <ItemView item={item} quoted={quotedBy(state.rows, item)} shown={item.key === shown} />
                {here && <ReadersView readers={here} />}
              </li>
            );
          })}
        </ol>
      </section>
      <Pills state={state} place={place} unread={unread} />
      {state.error && (
        <p className={styles.error} role="status">
          {`More messages could not be loaded. ${reasonOf(state.error)}`}
          <Button size="sm" onClick={again}>
            Try again
          </Button>
        </p>
      )}
    </div>
  );
}
