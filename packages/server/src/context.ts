/** What a handler may use. At most eight fields: what one request needs alone is made in its module. */

import type { Here } from './here.ts';
import type { Hub } from './hub.ts';
import type { Log } from './log.ts';
import type { People } from './people.ts';
import type { Rooms } from './rooms.ts';
import type { Runtime } from './runtime.ts';
import type { Session } from './session.ts';
import type { Store } from './store/store.ts';

export interface Context {
  session: Session;
  store: Store;
  rooms: Rooms;
  hub: Hub;
  people: People;
  runtime: Runtime;
  log: Log;
  /** This server: its name, key, rules. */
  here: Here;
}
