/**
 * Watching a value for a view. After a time without a network changes come in a burst, without a task in between; React
 * takes more than 50 renders in a row for a loop and gives up on the page [react.dev/errors/185].
 */

/** Tells of the first change at once, and of those that follow in the same task together. Returns what ends it. */
export function calmly(subscribe: (listener: () => void) => () => void, listener: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let missed = false;
  const tell = (): void => {
    if (timer !== undefined) {
      missed = true;
      return;
    }
    timer = setTimeout(rest);
    listener();
  };
  const rest = (): void => {
    timer = undefined;
    if (!missed) return;
    missed = false;
    tell();
  };
  const stop = subscribe(tell);
  return () => {
    stop();
    clearTimeout(timer);
    timer = undefined;
  };
}
