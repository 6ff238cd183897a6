/** Starts a directory: a process of its own, which relays what servers say of themselves and shows it on one page. */
import { attach } from '@parley/link/websocket';
import { directoryPath, directorySubprotocol, limits } from '@parley/protocol';
import { openHttpDoor } from '../doors/http.ts';
import { createLog, type Log } from '../log.ts';
import { openData, openSqliteInMemory } from '../main.ts';
import { runtime } from '../runtime.ts';
import { bounds } from './bounds.ts';
import { type DirectoryConfig, type DirectoryFlags, directoryConfig } from './config.ts';
import { createDirectory, type Directory } from './directory.ts';
import { Pages } from './pages.ts';

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
    const directory = await createDirectory({ db, network: config.network, runtime, log });
    return await openDoors(config, { directory, log, pageDir });
  } catch (error) {
    await db.close().catch(() => {});
    throw error;
  }
}

interface Opened {
  directory: Directory;
  log: Log;
  pageDir: string;
}

async function openDoors(config: DirectoryConfig, { directory, log, pageDir }: Opened): Promise<RunningDirectory> {
  const { tls } = config;
  const pages = new Pages({ book: directory.book, runtime, log });
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
    directory.accept,
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
      await directory.close(() => {
        pages.close();
        return Promise.all([http.close(), sockets.close()]);
      });
      log.info({}, 'stopped');
    },
  };
}
