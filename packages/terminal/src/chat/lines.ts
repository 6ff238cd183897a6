/** The lines of a readline interface in order, none lost before somebody asks for them. */
import type { Interface } from 'node:readline';

/** Past this the input waits. */
const maxWaiting = 1_000;

/** Begins to gather at once; ends when the interface is closed. */
export function gatheredLines(reader: Interface): AsyncIterable<string> {
  const waiting: string[] = [];
  let isOver = false;
  let changed = Promise.withResolvers<void>();
  reader.on('line', (line) => {
    waiting.push(line);
    if (waiting.length >= maxWaiting) reader.pause();
    changed.resolve();
  });
  reader.on('close', () => {
    isOver = true;
    changed.resolve();
  });
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift()!;
        if (isOver) return;
        reader.resume();
        changed = Promise.withResolvers();
        await changed.promise;
      }
    },
  };
}
