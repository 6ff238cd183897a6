/** Everything that is kept, by noun. */
import { archiveStore } from './archive.ts';
import type { Database } from './database.ts';
import { entryStore } from './entry.ts';
import { factStore } from './fact.ts';
import { inviteStore } from './invite.ts';
import { markerStore } from './marker.ts';
import { peerStore } from './peer.ts';
import { roomStore } from './room.ts';
import { sessionStore } from './session.ts';
import { personStore } from './user.ts';

export type Store = ReturnType<typeof openStore>;

export function openStore(db: Database) {
  return {
    db,
    person: personStore(db),
    session: sessionStore(db),
    invite: inviteStore(db),
    room: roomStore(db),
    entry: entryStore(db),
    marker: markerStore(db),
    archive: archiveStore(db),
    fact: factStore(db),
    peer: peerStore(db),
  };
}
