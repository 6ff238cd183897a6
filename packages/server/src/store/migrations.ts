// The schema is a list of steps that only ever grows; table `meta` holds how many were taken.
import { StartError } from '../start-error.ts';
import type { Database } from './database.ts';

/**
 * Takes the steps that this database has not taken yet, each in one transaction; `migrations[n]` is the list of
 * statements of step n + 1. Several nodes may do so at once. Throws StartError when the database is newer than the list.
 */
export async function migrate(database: Database, migrations: readonly (readonly string[])[]): Promise<void> {
  await database.run('CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT');
  await database.run("INSERT INTO meta (name, value) VALUES ('schema', 0) ON CONFLICT (name) DO NOTHING");
  let version = await schemaVersion(database);
  while (version < migrations.length) {
    const statements = migrations[version] ?? [];
    // Left out when another node took the step meanwhile.
    await database.transaction([
      {
        guard: {
          sql: "UPDATE meta SET value = ? WHERE name = 'schema' AND value = ?",
          args: [version + 1, version],
        },
        statements: statements.map((sql) => ({ sql, rows: [[]] })),
      },
    ]);
    version = await schemaVersion(database);
  }
  if (version > migrations.length) {
    throw new StartError(
      `the database has schema ${version}, this version of Parley knows ${migrations.length}: start a newer one`,
    );
  }
}

async function schemaVersion(database: Database): Promise<number> {
  const [row] = await database.all<{ value: number }>("SELECT value FROM meta WHERE name = 'schema'");
  return row?.value ?? 0;
}
