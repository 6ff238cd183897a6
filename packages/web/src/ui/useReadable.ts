import type { Readable } from '@parley/client';
import { useCallback, useSyncExternalStore } from 'react';
import { calmly } from './calm.ts';

/** The present value of a readable; the component renders again when it changes. */
export function useReadable<T>(readable: Readable<T>): T;
/** A part of it; renders again only when `select` gives something else, so it must return values or kept objects. */
export function useReadable<T, S>(readable: Readable<T>, select: (value: T) => S): S;
export function useReadable<T>(readable: Readable<T>, select?: (value: T) => unknown): unknown {
  const subscribe = useCallback(
    (listener: () => void) => calmly((tell) => readable.subscribe(tell), listener),
    [readable],
  );
  return useSyncExternalStore(subscribe, () => (select ? select(readable.get()) : readable.get()));
}
