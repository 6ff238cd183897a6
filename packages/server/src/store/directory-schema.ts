/** The tables of a directory, which has a database of its own. Append to this list, never change what stands in it. */
export const directoryMigrations: readonly string[][] = [
  [
    `CREATE TABLE directory_fact (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`,
    `CREATE TABLE directory_server (
      server TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, sealed BLOB NOT NULL, present INTEGER NOT NULL,
      joined_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, revision INTEGER NOT NULL
    ) STRICT`,
    `CREATE UNIQUE INDEX directory_server_by_revision ON directory_server (revision)`,
  ],
];
