/** Gathers things into batches that fit a frame. */

/** Yields lists of at most `maxItems` whose sizes add up to at most `maxBytes`; one item alone may be larger. */
export function* batches<T>(
  items: Iterable<T>,
  sizeOf: (item: T) => number,
  { maxItems, maxBytes }: { maxItems: number; maxBytes: number },
): Generator<T[], void, void> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (batch.length > 0 && (batch.length >= maxItems || bytes + size > maxBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
