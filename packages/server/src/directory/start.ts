/** Starts a directory: a process of its own, which relays what servers say of themselves and shows it on one page. */
import type { Link } from '@parley/link';
import { attach } from '@parley/link/websocket';
import { type DirectoryEvent, directoryPath, directorySubprotocol, encodeFrame, limits } from '@parley/protocol';
import { limitedAddress } from '../address.ts';
import { Buckets } from '../bucket.ts';
import { openHttpDoor } from '../doors/http.ts';
import { createLog, type Log } from '../log.ts';
import { openData, openSqliteInMemory } from '../main.ts';
import { runtime } from '../runtime.ts';
import type { Database } from '../store/database.ts';
import { directoryStore } from '../store/directory.ts';
import { directoryMigrations } from '../store/directory-schema.ts';
import { migrate } from '../store/migrations.ts';
import { Book } from './book.ts';
import { bounds, rates } from './bounds.ts';
import { type DirectoryConfig, type DirectoryFlags, directoryConfig } from './config.ts';
import { Pages } from './pages.ts';
import { serveVisit } from './visit.ts';

export interface DirectoryOptions {
  flags?: DirectoryFlags;
  /** The built page. */
  pageDir?: string;
  log?: Log;
}

export interface RunningDirectory {
  /** As `http://127.0.0.1:8090`. */
  readonly url: string;
  close(): Promise<void>;
}

const drainMs = 5_000;

/** Rejects with a StartError whose message is one clear line. */
export async function startDirectory({
  flags = {},
  pageDir = '',
  log: given,
}: DirectoryOptions = {}): Promise<RunningDirectory> {
  const config = directoryConfig(flags);
  const log = given ?? createLog(config.logLevel);
  const db = config.data === undefined ? openSqliteInMemory() : await openData(config.data, 'directory.sqlite');
  try {
    await migrate(db, directoryMigrations);
    const book = await Book.open({ network: config.network, store: directoryStore(db), runtime, log });
    return await openDoors(config, { book, db, log, pageDir });
  } catch (error) {
    await db.close().catch(() => {});
    throw error;
  }
}

interface Opened {
  book: Book;
  db: Database;
  log: Log;
  pageDir: string;
}

async function openDoors(config: DirectoryConfig, { book, db, log, pageDir }: Opened): Promise<RunningDirectory> {
  const { tls } = config;
  const visits = new Set<Promise<void>>();
  const frameOf = encodedOnce();
  const pages = new Pages({ book, runtime, log });
  const bucketsOf = (rate: { burst: number; perMinute: number }): Buckets =>
    new Buckets({ ...rate, maxKeys: bounds.bucketKeys, elapsed: runtime.elapsed });
  const buckets = { request: bucketsOf(rates.request), announce: bucketsOf(rates.announce) };
  const arrivals = bucketsOf(rates.connect);
  const accept = (link: Link): void => {
    if (!arrivals.take(limitedAddress(link.peer.address)).ok) {
      link.close('busy');
      return;
    }
    const done = serveVisit(link, { book, buckets, runtime, log, frameOf }).finally(() => visits.delete(done));
    visits.add(done);
  };
  const { isTrustedProxy } = config;
  // A server is no page, and pages have their own way.
  const mayConnect = (origin: string | undefined): boolean => origin === undefined;
  const sockets = attach(
    {
      subprotocol: directorySubprotocol,
      maxFrameBytes: limits.frameBytes,
      maxLinks: bounds.connections,
      isTrustedProxy,
      mayConnect,
    },
    accept,
  );
  const http = await openHttpDoor({
    host: config.host,
    port: config.port,
    tls,
    appFolder: pageDir,
    maxConnections: bounds.connections + 2 * bounds.pages,
    isReady: () => true,
    upgrades: { [directoryPath]: sockets.upgrade },
    answers: { '/events': (request, response) => pages.answer(request, response) },
    runtime,
    log,
    drainMs,
  });
  const host = http.address.host.includes(':') ? `[${http.address.host}]` : http.address.host;
  const url = `${tls ? 'https' : 'http'}://${host}:${http.address.port}`;
  log.info({ url, network: config.network, durable: config.data !== undefined }, 'directory ready');
  return {
    url,
    async close() {
      // First, so that connections that end now are no leaves.
      await book.close();
      pages.close();
      await Promise.all([http.close(), sockets.close()]);
      await Promise.allSettled(visits);
      await db.close();
      log.info({}, 'stopped');
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
