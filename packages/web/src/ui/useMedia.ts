import { useCallback, useSyncExternalStore } from 'react';

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** Below: one screen at a time. */
export const phone = '(max-width: 719.98px)';
/** Below: the pane lies over the timeline. */
export const narrow = '(max-width: 1199.98px)';
/** No hover: sheets and long press instead of action bars and tips. */
export const touch = '(hover: none), (pointer: coarse)';
