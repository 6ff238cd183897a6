/**
 * Folders that are made once under the name of what they are made from. A folder is there whole or not at all, and what
 * is there does not change: who starts at the same time makes the same, and who reads an older one goes on reading it.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Older ones may still be read by servers that run. */
const kept = 4;
/** What a process that died has left unfinished. */
const abandonedMs = 3_600_000;
const unfinished = 'making-';

/**
 * Resolves with the folder `name` below `parent`, which `make` fills where it is not there yet.
 * @param now Unix ms
 */
export async function liveFolder(
  parent: string,
  name: string,
  make: (dir: string) => Promise<void>,
  now: number,
): Promise<string> {
  const dir = join(parent, name);
  if (!existsSync(dir)) {
    await mkdir(parent, { recursive: true });
    const fresh = await mkdtemp(join(parent, unfinished));
    try {
      await make(fresh);
      // Whoever built it need not be who runs the server.
      await chmod(fresh, 0o755);
      await rename(fresh, dir).catch((error: unknown) => {
        // Somebody else was first with the same.
        if (!existsSync(dir)) throw error;
      });
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  }
  const at = new Date(now);
  await utimes(dir, at, at).catch(() => {});
  await tidy(parent, now);
  return dir;
}

/** Takes away all but the latest; several may do so at once. */
async function tidy(parent: string, now: number): Promise<void> {
  const found = await Promise.all(
    (await readdir(parent)).map(async (name) => {
      const usedAt = await stat(join(parent, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => now,
      );
      return { name, usedAt };
    }),
  );
  const isMade = ({ name }: { name: string }): boolean => !name.startsWith(unfinished);
  const old = found.filter(isMade).sort((a, b) => b.usedAt - a.usedAt);
  const abandoned = found.filter((one) => !isMade(one) && one.usedAt < now - abandonedMs);
  for (const { name } of [...old.slice(kept), ...abandoned])
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
}
