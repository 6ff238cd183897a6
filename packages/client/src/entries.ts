/** Reading a room's log on and on: history first, then live, across reconnections, at the reader's pace. */
import { type Page, type Payload, type RawEntry, Refusal } from '@parley/protocol';
import type { Readable, Runtime, Status } from './api.ts';
import { pageRows, queuedEntries } from './limits.ts';
import type { RoomLog } from './log.ts';
import { sleep, until } from './wait.ts';

export interface EntriesPort {
  readonly log: RoomLog;
  readonly runtime: Runtime;
  readonly status: Readable<Status>;
  page(query: Payload<'history.page'>): Promise<Page>;
}

const isSettled = (status: Status): status is Status & { state: 'online' | 'closed' } =>
  status.state === 'online' || status.state === 'closed';

/**
 * Every entry after `since`, without a gap and in order; ends when `signal` aborts or the client is closed.
 * What cannot be read ends it with the refusal.
 */
export async function* entriesAfter(
  port: EntriesPort,
  since: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<RawEntry, void, void> {
  const { log } = port;
  let cursor = since;
  let queue: RawEntry[] = [];
  /** The queue holds all that came after this position; undefined = it overflowed. */
  let queueAfter: number | undefined = log.head.seq;
  let changed = Promise.withResolvers<void>();
  const wake = () => changed.resolve();
  const stop = log.listen({
    applied(entries) {
      if (queueAfter !== undefined) queue.push(...entries);
      if (queue.length > queuedEntries) {
        queue = [];
        queueAfter = undefined;
      }
      wake();
    },
    replaced(how) {
      if (how === 'loaded') return;
      queue = [];
      queueAfter = undefined;
      cursor = Math.min(cursor, log.head.seq);
      wake();
    },
  });
  const stopStatus = port.status.subscribe(wake);
  signal?.addEventListener('abort', wake);
  const over = () => signal?.aborted || port.status.get().state === 'closed';
  try {
    while (!over()) {
      changed = Promise.withResolvers();
      if (queueAfter !== undefined && queueAfter <= cursor) {
        const batch = queue;
        queue = [];
        for (const entry of batch) {
          if (entry.seq <= cursor || over()) continue;
          cursor = entry.seq;
          yield entry;
        }
        if (queue.length > 0 || queueAfter === undefined) continue;
        queueAfter = Math.max(cursor, log.head.seq);
        cursor = queueAfter;
        if (!over()) await changed.promise;
        continue;
      }
      // From here on the queue gathers anew; the page covers what it missed.
      queue = [];
      queueAfter = log.head.seq;
      const page = await nextPage(port, cursor, signal);
      if (!page) return;
      for (const entry of page.entries) {
        if (entry.seq <= cursor || over()) continue;
        cursor = entry.seq;
        yield entry;
      }
      cursor = Math.max(cursor, page.to, page.after ? 0 : (queueAfter ?? 0));
    }
  } finally {
    stop();
    stopStatus();
    signal?.removeEventListener('abort', wake);
  }
}

/** A page after `after`, as soon as there is a connection; undefined when it is all over. */
async function nextPage(port: EntriesPort, after: number, signal: AbortSignal | undefined): Promise<Page | undefined> {
  for (;;) {
    try {
      const status = await until(port.status, isSettled, signal);
      if (status.state === 'closed') return undefined;
      return await port.page({ room: port.log.room, after, limit: pageRows, show: 'everything' });
    } catch (error) {
      if (signal?.aborted) return undefined;
      if (!(error instanceof Refusal) || !['unavailable', 'too-fast', 'internal'].includes(error.code)) throw error;
      await sleep(port.runtime, error.detail.retryAfterMs ?? 1_000, signal).catch(() => {});
    }
  }
}
