/** When to try again: full jitter over a window that doubles from one second to five minutes, for ever. */

const firstMs = 1_000;
const longestMs = 300_000;

/** @param failures in a row, from 1. @param random from 0 to below 1. Returns ms. */
export function retryDelayMs(failures: number, random: () => number): number {
  return Math.floor(random() * Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1)));
}
