/** A directory without its doors: what servers that connect to it say of themselves it tells all others. */
import type { Link } from '@parley/link';
import { type DirectoryEvent, encodeFrame } from '@parley/protocol';
import { limitedAddress } from '../address.ts';
import { Buckets } from '../bucket.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { Database } from '../store/database.ts';
import { directoryStore } from '../store/directory.ts';
import { directoryMigrations } from '../store/directory-schema.ts';
import { migrate } from '../store/migrations.ts';
import { Book } from './book.ts';
import { bounds, rates } from './bounds.ts';
import { serveVisit } from './visit.ts';

export interface DirectoryParts {
  readonly db: Database;
  readonly network: string;
  readonly runtime: Runtime;
  readonly log: Log;
}

export interface Directory {
  readonly book: Book;
  /** Serves a connection until it ends. */
  accept(link: Link): void;
  /** Ends every watch; resolves when `drained` has, which ends the connections, and everything under way is done. */
  close(drained: () => Promise<unknown>): Promise<void>;
}

/** Opens the database and brings its tables up to date. */
export async function createDirectory({ db, network, runtime, log }: DirectoryParts): Promise<Directory> {
  await migrate(db, directoryMigrations);
  const book = await Book.open({ network, store: directoryStore(db), runtime, log });
  const visits = new Set<Promise<void>>();
  const frameOf = encodedOnce();
  const bucketsOf = (rate: { burst: number; perMinute: number }): Buckets =>
    new Buckets({ ...rate, maxKeys: bounds.bucketKeys, elapsed: runtime.elapsed });
  const buckets = { request: bucketsOf(rates.request), announce: bucketsOf(rates.announce) };
  const arrivals = bucketsOf(rates.connect);
  return {
    book,
    accept(link) {
      if (!arrivals.take(limitedAddress(link.peer.address)).ok) {
        link.close('busy');
        return;
      }
      const done = serveVisit(link, { book, buckets, runtime, log, frameOf }).finally(() => visits.delete(done));
      visits.add(done);
    },
    async close(drained) {
      // First, so that connections that end now are no leaves.
      await book.close();
      await drained();
      await Promise.allSettled(visits);
      await db.close();
    },
  };
}

/** Every connection that watches gets the same bytes. */
function encodedOnce(): (event: DirectoryEvent) => Uint8Array {
  let last: { event: DirectoryEvent; frame: Uint8Array } | undefined;
  return (event) => {
    if (last?.event !== event) last = { event, frame: encodeFrame('cbor', event) };
    return last.frame;
  };
}
