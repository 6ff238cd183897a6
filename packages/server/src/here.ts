/** This server as its handlers need it. */
import type { Crypto } from '@parley/room';
import type { Channels } from './channel.ts';
import type { Discovery } from './federation/discovery.ts';
import type { KeySearch } from './federation/key-search.ts';
import type { Names } from './federation/names.ts';
import type { Nat } from './federation/nat.ts';
import type { PeerWatch } from './federation/peer-watch.ts';
import type { Peers } from './federation/peers.ts';
import type { RoomsAcross } from './federation/rooms-across.ts';
import type { Guests } from './guests.ts';
import type { KeyListeners } from './key-listeners.ts';
import type { Passwords } from './password.ts';
import type { Presence } from './presence.ts';
import type { Rates } from './rates.ts';
import type { Receipts } from './receipt.ts';
import type { Retention } from './retention.ts';
import type { ServerWatch } from './server-watch.ts';
import type { Session } from './session.ts';
import type { Uploads } from './uploads.ts';

export interface Here {
  id: string;
  name: string;
  network: string;
  crypto: Crypto;
  passwords: Passwords;
  guests: Guests | undefined;
  presence: Presence;
  receipts: Receipts;
  rates: Rates;
  uploads: Uploads;
  retention: Retention;
  peers: Peers;
  peerWatch: PeerWatch;
  serverWatch: ServerWatch;
  discovery: Discovery;
  nat: Nat;
  /** Of servers. */
  names: Names;
  across: RoomsAcross;
  channels: Channels;
  keys: KeyListeners;
  keySearch: KeySearch;
  /** Whether this connection may make an account without an invite. */
  signUpOpen(session: Session): boolean;
}
