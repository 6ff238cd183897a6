import { useCallback, useEffect, useState } from 'react';
import { explain } from '../ui/explain.ts';

export interface Loaded<T> {
  value: T | undefined;
  error: string | undefined;
  reload(): void;
  /** Changes what is shown before the server has. */
  set(change: (value: T) => T): void;
}

/** What a request answers, with its failure in words. `load` must be stable. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<string>();
  const reload = useCallback(() => {
    load().then(
      (loaded) => {
        setValue(loaded);
        setError(undefined);
      },
      (thrown: unknown) => setError(explain(thrown)),
    );
  }, [load]);
  useEffect(reload, [reload]);
  const set = useCallback(
    (change: (value: T) => T) => setValue((held) => (held === undefined ? held : change(held))),
    [],
  );
  return { value, error, reload, set };
}
