/**
 * The tables. Rooms and people have small random numbers, so that the rows of a million entries stay short; ids stand
 * once in `room` and `person`. Append to this list, never change what stands in it.
 */
export const migrations: readonly string[][] = [
  [
    `CREATE TABLE fact (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`,
    `CREATE TABLE person (
      n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, label TEXT UNIQUE, name TEXT NOT NULL, display TEXT,
      kind TEXT NOT NULL, server_role TEXT NOT NULL, password TEXT, created_at INTEGER NOT NULL, erased INTEGER NOT NULL
    ) STRICT`,
    `CREATE TABLE person_key (
      key BLOB PRIMARY KEY, person INTEGER NOT NULL, label TEXT NOT NULL, created_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX person_key_by_person ON person_key (person)`,
    `CREATE TABLE session (
      id TEXT PRIMARY KEY, token BLOB NOT NULL UNIQUE, person INTEGER NOT NULL, device TEXT NOT NULL,
      created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, address TEXT NOT NULL
    ) STRICT`,
    `CREATE INDEX session_by_person ON session (person)`,
    `CREATE TABLE invite (
      code TEXT PRIMARY KEY, uses_left INTEGER NOT NULL, expires_at INTEGER NOT NULL, created_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE TABLE room (
      n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, term INTEGER NOT NULL, seq INTEGER NOT NULL, chain BLOB NOT NULL,
      nth INTEGER NOT NULL, alias TEXT, title TEXT NOT NULL, topic TEXT NOT NULL, listed INTEGER NOT NULL,
      archive INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX room_by_alias ON room (listed, alias)`,
    `CREATE TABLE alias (alias TEXT PRIMARY KEY, room TEXT NOT NULL) STRICT`,
    `CREATE TABLE leaf (
      room INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (room, key)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE due (room INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT`,
    `CREATE TABLE entry (
      room INTEGER NOT NULL, seq INTEGER NOT NULL, term INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
      shown INTEGER NOT NULL, nth INTEGER NOT NULL, author INTEGER NOT NULL, act BLOB NOT NULL, target BLOB,
      header BLOB NOT NULL, PRIMARY KEY (room, seq)
    ) STRICT, WITHOUT ROWID`,
    `CREATE UNIQUE INDEX entry_by_act ON entry (room, act)`,
    `CREATE INDEX entry_by_time ON entry (room, at)`,
    `CREATE INDEX entry_by_target ON entry (room, target, seq) WHERE target IS NOT NULL`,
    `CREATE TABLE part (
      room INTEGER NOT NULL, seq INTEGER NOT NULL, i INTEGER NOT NULL, salt BLOB NOT NULL, bytes BLOB NOT NULL,
      PRIMARY KEY (room, seq, i)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE stay (
      person INTEGER NOT NULL, room INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER,
      PRIMARY KEY (person, room, since)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE invitation (
      person INTEGER NOT NULL, room INTEGER NOT NULL, PRIMARY KEY (person, room)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE reader (
      person INTEGER NOT NULL, room INTEGER NOT NULL, PRIMARY KEY (person, room)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE marker (
      person INTEGER NOT NULL, room INTEGER NOT NULL, seq INTEGER NOT NULL, own INTEGER NOT NULL,
      PRIMARY KEY (person, room)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE mention (
      person INTEGER NOT NULL, room INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (person, room, seq)
    ) STRICT, WITHOUT ROWID`,
  ],
  [
    `CREATE TABLE upload (
      n INTEGER PRIMARY KEY, room TEXT UNIQUE, term INTEGER NOT NULL, seq INTEGER NOT NULL, chain BLOB NOT NULL,
      nth INTEGER NOT NULL, title TEXT NOT NULL, topic TEXT NOT NULL, touched_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE TABLE checkpoint (
      room INTEGER PRIMARY KEY, term INTEGER NOT NULL, seq INTEGER NOT NULL, chain BLOB NOT NULL, state BLOB NOT NULL,
      signature BLOB NOT NULL
    ) STRICT`,
    `ALTER TABLE room ADD COLUMN keep_days INTEGER`,
  ],
  [
    `CREATE TABLE peer (server TEXT PRIMARY KEY, name TEXT, blocked INTEGER NOT NULL) STRICT`,
    `CREATE TABLE peer_url (url TEXT PRIMARY KEY, server TEXT, configured INTEGER NOT NULL) STRICT`,
  ],
  [
    // What servers say of themselves, as they signed it, and the names that they hold.
    `CREATE TABLE server_record (
      server TEXT PRIMARY KEY, version INTEGER NOT NULL, expires_at INTEGER NOT NULL, sealed BLOB NOT NULL,
      via TEXT NOT NULL, source TEXT NOT NULL, nearness TEXT NOT NULL, seen_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE TABLE server_name (
      name TEXT PRIMARY KEY, server TEXT NOT NULL, verified INTEGER NOT NULL, since INTEGER NOT NULL
    ) STRICT`,
  ],
  [
    `CREATE TABLE knock (
      person INTEGER NOT NULL, room INTEGER NOT NULL, PRIMARY KEY (person, room)
    ) STRICT, WITHOUT ROWID`,
  ],
  [
    // Acts of people of this server in rooms of other servers, until their outcome is known.
    `CREATE TABLE outbox (
      room INTEGER NOT NULL, incarnation INTEGER NOT NULL, oseq INTEGER NOT NULL, hash BLOB NOT NULL,
      person INTEGER NOT NULL, client_id TEXT NOT NULL, kind TEXT NOT NULL, stamp BLOB NOT NULL, act BLOB NOT NULL,
      parts BLOB NOT NULL, PRIMARY KEY (room, incarnation, oseq)
    ) STRICT, WITHOUT ROWID`,
    `CREATE UNIQUE INDEX outbox_by_client ON outbox (room, person, client_id)`,
    // Rooms of other servers: who keeps the log, where it begins here, and the chain before that.
    `CREATE TABLE followed (
      room INTEGER PRIMARY KEY, clerk TEXT NOT NULL, seq INTEGER NOT NULL, chain BLOB NOT NULL
    ) STRICT`,
    `CREATE INDEX followed_by_clerk ON followed (clerk)`,
    // People who are on their way into another server's room.
    `CREATE TABLE entering (
      room TEXT NOT NULL, person INTEGER NOT NULL, server TEXT NOT NULL, client_id TEXT NOT NULL,
      change TEXT NOT NULL, PRIMARY KEY (room, person)
    ) STRICT`,
  ],
  [
    // The chain at every 128th entry of logs of which other servers asked for ranges.
    `CREATE TABLE chain_mark (
      room INTEGER NOT NULL, seq INTEGER NOT NULL, chain BLOB NOT NULL, PRIMARY KEY (room, seq)
    ) STRICT, WITHOUT ROWID`,
  ],
  [
    // Invitations of people of this server into rooms of other servers, as those tell them.
    `CREATE TABLE invited_elsewhere (
      room TEXT NOT NULL, person INTEGER NOT NULL, server TEXT NOT NULL, view BLOB NOT NULL,
      PRIMARY KEY (person, room)
    ) STRICT`,
    `CREATE INDEX invited_by_server ON invited_elsewhere (server)`,
  ],
  // Since when an act waits, Unix ms.
  [`ALTER TABLE outbox ADD COLUMN at INTEGER NOT NULL DEFAULT 0`],
  // How much waits and since when is read without the acts themselves.
  [`CREATE INDEX outbox_by_age ON outbox (room, at)`],
  [
    // Who of a server is or was in a room.
    `CREATE INDEX stay_by_room ON stay (room, person)`,
    `CREATE INDEX person_by_server ON person (substr(id, 18))`,
  ],
  [
    // What accounts do not want told of them: 0 where not.
    `CREATE TABLE privacy (
      person INTEGER PRIMARY KEY, typing INTEGER NOT NULL, presence INTEGER NOT NULL, receipts INTEGER NOT NULL
    ) STRICT`,
  ],
  [
    // People of this server who ask to be let into rooms of other servers.
    `CREATE TABLE knock_elsewhere (
      room TEXT NOT NULL, person INTEGER NOT NULL, server TEXT NOT NULL, view BLOB NOT NULL,
      PRIMARY KEY (person, room)
    ) STRICT`,
    `CREATE INDEX knock_elsewhere_by_server ON knock_elsewhere (server)`,
  ],
  // Where the terms of a log begin.
  [`CREATE INDEX entry_of_terms ON entry (room, seq) WHERE kind = 'term'`],
  [
    // Rooms of two people, by both of their ids.
    `CREATE TABLE direct (room INTEGER PRIMARY KEY, pair TEXT NOT NULL) STRICT`,
    `CREATE INDEX direct_by_pair ON direct (pair)`,
  ],
  // The last numbering of this server in a room that its clerk has closed, or that was given up here.
  ['ALTER TABLE followed ADD COLUMN given_up INTEGER NOT NULL DEFAULT -1'],
];
