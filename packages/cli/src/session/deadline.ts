/** A time after which something happens, unless it is cleared. */
export class Deadline {
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, passed: () => void) {
    // setTimeout knows no longer time than this one; it is 24 days.
    this.#timer = setTimeout(passed, Math.min(ms, 2_147_483_647));
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** What `promise` comes to, or the reason of `signal` as soon as it aborts. */
export async function orStop<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
    promise.catch(() => {});
  }
}
