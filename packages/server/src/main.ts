/** Starts a homeserver with its doors. The only place, with config.ts, that names adapters. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addressMatcher, isLoopback } from './address.ts';
import { openLocalBus } from './bus/local.ts';
import { type Config, type ConfigFlags, loadConfig } from './config.ts';
import { dialDirectory } from './doors/directory.ts';
import { dialServer, federationPath, openFederationDoor } from './doors/federation.ts';
import { openHttpDoor } from './doors/http.ts';
import { openMetricsDoor } from './doors/metrics.ts';
import { openTcpDoor } from './doors/tcp.ts';
import { readTls, type TlsFiles } from './doors/tls.ts';
import { openWebSocketDoor } from './doors/websocket.ts';
import { openNameLookup } from './federation/dns/open.ts';
import { namedAddresses, plainAddresses, seenAddress } from './federation/own-address.ts';
import { relayFeature } from './federation/reservations.ts';
import { createHomeserver, type Homeserver } from './homeserver.ts';
import { openIdentity } from './identity.ts';
import { createLimits } from './limits.ts';
import { createLog, type Log } from './log.ts';
import { Measures } from './measures.ts';
import { runtime } from './runtime.ts';
import type { Database } from './store/database.ts';
import { openSqlite } from './store/sqlite.ts';
import { lockFolder } from './store/sqlite-lock.ts';

export { type MemoryDatabase, openSqliteInMemory } from './store/sqlite.ts';
export { openLocalBus };

export interface ServerOptions {
  flags?: ConfigFlags;
  env?: Record<string, string | undefined>;
  /** The built web app. */
  webDir?: string;
  log?: Log;
}

export interface RunningServer {
  /** As `http://127.0.0.1:8080`, or `tcp://127.0.0.1:7667` where raw TCP is the only way in. */
  readonly url: string;
  readonly tcpPort: number | undefined;
  /** Of the metrics, when they are on. */
  readonly metricsPort: number | undefined;
  /** The address that makes its first visitor the owner; undefined once there is one. */
  readonly ownerLink: string | undefined;
  /** Refuses what is new, finishes what is under way, closes everything. */
  close(): Promise<void>;
}

/** Rejects with a StartError whose message is one clear line. */
export async function startServer({
  flags = {},
  env = process.env,
  webDir = '',
  log: given,
}: ServerOptions = {}): Promise<RunningServer> {
  const config = loadConfig({ flags, env });
  const log = given ?? createLog(config.log.level);
  const limits = createLimits(config.limits);
  const db = await openData(config.data);
  const undo: (() => Promise<void>)[] = [() => db.close()];
  try {
    const identity = openIdentity({ folder: config.data, mayCreate: !existsSync(join(config.data, 'identity')) });
    const home = await createHomeserver({
      db,
      bus: openLocalBus(),
      identity,
      runtime,
      log,
      limits,
      name: config.name ?? 'localhost',
      isUnnamed: config.name === undefined,
      network: config.network,
      guests: config.guests,
      signUpOpen: signUpRule(config),
      ...(config.listen.metricsPort === undefined ? {} : { measures: new Measures() }),
      federation: {
        dial: dialServer,
        peers: config.peers,
        allow: config.federation.allow,
        names: openNameLookup(config.dns, runtime, log),
        directories: config.directories,
        dialDirectory,
        relayFor: config.federation.relay ? config.federation.relayFor : undefined,
      },
    });
    undo.unshift(() => home.close());
    return await openDoors(config, home, { log, webDir, limits, undo });
  } catch (error) {
    for (const close of undo) await close().catch(() => {});
    throw error;
  }
}

/** The database of a data folder, which is this process's as long as the database is open. */
export async function openData(folder: string, file = 'parley.sqlite'): Promise<Database> {
  const unlock = lockFolder(folder);
  try {
    const db = await openSqlite({ path: join(folder, file) });
    // The database in use holds the lock, else it could be collected with whoever forgets the server's `close`.
    return { ...db, close: () => db.close().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Without being told otherwise, anybody may sign up only while nobody but this machine can connect. */
function signUpRule({ signUp, name }: Config): (isLocal: boolean) => boolean {
  if (signUp === 'open') return () => true;
  if (signUp === 'invite') return () => false;
  return (isLocal) => isLocal && name === undefined;
}

/** What other servers learn of where this one is reached; undefined for one that they cannot dial. */
function tellWhere(config: Config, home: Homeserver, url: string | undefined): void {
  const { name, publicUrls, listen, peers, directories, federation } = config;
  const tcp = listen.tcpPort === undefined ? [] : ['tcp'];
  if (url === undefined) {
    home.announce({ addresses: [], features: tcp });
    return;
  }
  const given = { name, publicUrls, host: listen.host, url, others: [...peers, ...directories] };
  const features = ['websocket', ...tcp, ...(federation.relay ? [relayFeature] : [])];
  const seenAt = (address: string): string | undefined => seenAddress(given, address);
  home.announce({ addresses: plainAddresses(given), features }, { urls: namedAddresses(given), seenAt });
}

interface Opening {
  log: Log;
  webDir: string;
  limits: ReturnType<typeof createLimits>;
  undo: (() => Promise<void>)[];
  tls: TlsFiles | undefined;
  isReady: () => boolean;
}

/** A door that is open. */
interface Opened {
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<unknown>;
}

const openMetrics = (port: number, home: Homeserver, { log, limits }: Pick<Opening, 'log' | 'limits'>) =>
  openMetricsDoor({ port, text: () => home.metrics(), runtime, log, drainMs: limits.drainMs });

/** The web app, WebSockets of clients and links of servers. */
async function openWeb(config: Config, home: Homeserver, opening: Opening): Promise<Opened> {
  const { listen } = config;
  const { log, webDir, limits, isReady } = opening;
  const isTrustedProxy = addressMatcher(config.trustedProxies);
  const webSockets = openWebSocketDoor(
    { host: listen.host, isTrustedProxy, maxLinks: limits.connections },
    home.accept,
  );
  const servers = openFederationDoor({ isTrustedProxy, maxLinks: limits.peers + limits.peerHandshakes }, (link) =>
    home.acceptServer(link),
  );
  const http = await openHttpDoor({
    host: listen.host,
    port: listen.port,
    tls: opening.tls,
    appFolder: webDir,
    origins: config.origins,
    maxConnections: limits.connections,
    isReady,
    onUpgrade: webSockets.onUpgrade,
    upgrades: { [federationPath]: servers.onUpgrade },
    runtime,
    log,
    drainMs: limits.drainMs,
  });
  return {
    address: http.address,
    close: () => Promise.all([http.close(), webSockets.close(), servers.close()]),
  };
}

async function openDoors(
  config: Config,
  home: Homeserver,
  opening: Omit<Opening, 'tls' | 'isReady'>,
): Promise<RunningServer> {
  const { listen } = config;
  const { log, limits, undo } = opening;
  const tls = readTls(listen);
  let ready = false;
  const doors: Opened[] = [];
  undo.unshift(() => Promise.all(doors.map((door) => door.close())).then(() => {}));
  const opened = async <D extends Opened>(door: Promise<D>): Promise<D> => {
    doors.push(await door);
    return door;
  };
  const web =
    listen.doors === 'tcp' ? undefined : await opened(openWeb(config, home, { ...opening, tls, isReady: () => ready }));
  const metrics =
    listen.metricsPort === undefined ? undefined : await opened(openMetrics(listen.metricsPort, home, opening));
  const tcp =
    listen.tcpPort === undefined
      ? undefined
      : await opened(
          openTcpDoor({ host: listen.host, port: listen.tcpPort, tls, maxLinks: limits.connections }, home.accept),
        );
  ready = true;
  const scheme = web ? 'http' : 'tcp';
  const url = `${tls ? `${scheme}s` : scheme}://${shownHost(config, (web ?? tcp)!.address)}`;
  tellWhere(config, home, web && url);
  const ports = { tcpPort: tcp?.address.port, metricsPort: metrics?.address.port };
  log.info({ url, ...ports, sqlite: true }, 'ready');
  return {
    url,
    ...ports,
    ownerLink: home.ownerSecret && `${url}/#claim=${home.ownerSecret}`,
    async close() {
      ready = false;
      const closed = doors.map((door) => door.close());
      await home.close();
      await Promise.allSettled(closed);
      log.info({}, 'stopped');
    },
  };
}

/** Host and port as people would type them. */
function shownHost({ listen }: Config, { host, port }: Opened['address']): string {
  if (isLoopback(host) && listen.host === 'localhost') return `localhost:${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
