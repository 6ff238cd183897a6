export { type ConfigFlags, describe, loadConfig } from './config.ts';
// For who plays a server by hand: the simulation has one that lies.
export { createCrypto } from './crypto.ts';
export type { DirectoryFlags } from './directory/config.ts';
export { createDirectory, type Directory } from './directory/directory.ts';
export { type RunningDirectory, startDirectory } from './directory/start.ts';
export { Fanout } from './fanout.ts';
export { openNameLookup } from './federation/dns/open.ts';
export { checkPublication, publicationOf, zoneLine, zoneRecords } from './federation/dns/publish.ts';
export { decodePiece, encodePiece } from './federation/pieces.ts';
export type { Priority } from './federation/priority.ts';
export { type FrameLink, newStaticKey, secureAccepted, secureDialled } from './federation/secure-link.ts';
export { createHomeserver, type Homeserver, type HomeserverOptions } from './homeserver.ts';
export { type Identity, identityFromSeed, identityIn } from './identity.ts';
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
