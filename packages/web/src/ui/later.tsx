/**
 * Components whose code arrives later. Not React.lazy: Suspense holds what has loaded back for up to 300 ms after it
 * showed a fallback, and a dialog that late feels broken.
 */
import { type ComponentType, createElement, type ReactNode, useEffect, useState } from 'react';

export interface Later<P> {
  (props: P & { fallback?: ReactNode }): ReactNode;
  /** Begins to load; harmless when repeated. */
  preload(): Promise<void>;
}

/** `fallback` is shown until the code is there; a failure to load is thrown while rendering, and may be tried again. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): Later<P> {
  let loaded: ComponentType<P> | undefined;
  let loading: Promise<void> | undefined;
  const preload = () => {
    loading ??= load().then(
      (component) => {
        loaded = component;
      },
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  function Later({ fallback = null, ...props }: P & { fallback?: ReactNode }): ReactNode {
    const [here, setHere] = useState(loaded !== undefined);
    const [error, setError] = useState<unknown>();
    useEffect(() => {
      let over = false;
      preload().then(
        () => !over && setHere(true),
        (reason: unknown) => !over && setError(reason ?? new Error('not loaded')),
      );
      return () => {
        over = true;
      };
    }, []);
    if (error) throw error;
    return here && loaded ? createElement(loaded, props as unknown as P) : fallback;
  }
  return Object.assign(Later, { preload });
}
