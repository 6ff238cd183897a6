/** Everything that is kept, by noun. */
import { claimStore } from './account-claim.ts';
import { archiveStore } from './archive.ts';
import type { Database } from './database.ts';
import { entryStore } from './entry.ts';
import { entryNotes } from './entry-note.ts';
import { outboxStore } from './entry-outbox.ts';
import { entryParts } from './entry-part.ts';
import { entryTerms } from './entry-term.ts';
import { inviteStore } from './invite.ts';
import { invitesElsewhere } from './invite-elsewhere.ts';
import { markerStore } from './marker.ts';
import { noticeStore } from './notice.ts';
import { peerStore } from './peer.ts';
import { privacyStore } from './privacy.ts';
import { roomStore } from './room.ts';
import { roomsAcross } from './room-across.ts';
import { roomEntering } from './room-entering.ts';
import { foreignRooms } from './room-foreign.ts';
import { knocksElsewhere } from './room-knock.ts';
import { roomMembers } from './room-member.ts';
import { roomStays } from './room-stay.ts';
import { serverNames } from './server-name.ts';
import { serverRecords } from './server-record.ts';
import { sessionStore } from './session.ts';
import { personStore } from './user.ts';
import { personErasure } from './user-erasure.ts';
import { personKeys } from './user-key.ts';

export type Store = ReturnType<typeof openStore>;

export function openStore(db: Database) {
  return {
    db,
    person: { ...personStore(db), ...personKeys(db), ...personErasure(db) },
    claim: claimStore(db),
    session: sessionStore(db),
    invite: inviteStore(db),
    room: { ...roomStore(db), ...roomMembers(db) },
    foreign: {
      ...foreignRooms(db),
      ...roomStays(db),
      ...roomEntering(db),
      ...invitesElsewhere(db),
      ...knocksElsewhere(db),
      ...roomsAcross(db),
    },
    outbox: outboxStore(db),
    entry: { ...entryStore(db), ...entryNotes(db), ...entryParts(db), ...entryTerms(db) },
    marker: markerStore(db),
    privacy: privacyStore(db),
    archive: archiveStore(db),
    notice: noticeStore(db),
    peer: peerStore(db),
    server: { records: serverRecords(db), names: serverNames(db) },
  };
}
