import { type KeyboardEvent, type PointerEvent, useSyncExternalStore } from 'react';
import { listWidthRange } from '../service/preferences.ts';
import { useServices } from '../service/services.tsx';
import styles from './RoomList.module.css';

/** Drags the edge of the list; arrows do the same, Home gives the width of the drawing. */
export function ResizeHandle() {
  const { preferences } = useServices();
  const { listWidth } = useSyncExternalStore(preferences.subscribe, preferences.get);
  const set = (width: number) => preferences.set({ listWidth: width });
  const drag = (event: PointerEvent<HTMLElement>) => {
    const handle = event.currentTarget;
    const start = event.clientX - listWidth;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (move) => set(move.clientX - start);
    handle.onlostpointercapture = () => {
      handle.onpointermove = null;
    };
  };
  const key = (event: KeyboardEvent) => {
    const width = { ArrowLeft: listWidth - 10, ArrowRight: listWidth + 10, Home: 260 }[event.key];
    if (width === undefined) return;
    event.preventDefault();
    set(width);
  };
  return (
    <hr
      className={styles.handle}
      aria-orientation="vertical"
      aria-label="Width of the list"
      aria-valuenow={listWidth}
      aria-valuemin={listWidthRange.min}
      aria-valuemax={listWidthRange.max}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={key}
      onDoubleClick={() => set(260)}
    />
  );
}
