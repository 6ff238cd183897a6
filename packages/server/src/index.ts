export { type ConfigFlags, describe, loadConfig } from './config.ts';
export type { DirectoryFlags } from './directory/config.ts';
export { type RunningDirectory, startDirectory } from './directory/start.ts';
export { Fanout } from './fanout.ts';
export { openNameLookup } from './federation/dns/open.ts';
export { checkPublication, publicationOf, zoneLine, zoneRecords } from './federation/dns/publish.ts';
export { createHomeserver, type Homeserver, type HomeserverOptions } from './homeserver.ts';
export { identityFromSeed, identityIn } from './identity.ts';
export { createLimits } from './limits.ts';
export { silentLog } from './log.ts';
export {
  type MemoryDatabase,
  openLocalBus,
  openSqliteInMemory,
  type RunningServer,
  type ServerOptions,
  startServer,
} from './main.ts';
export { Reader } from './reader.ts';
export { runtime } from './runtime.ts';
export { StartError } from './start-error.ts';
export * from './store/database.ts';
