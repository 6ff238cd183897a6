/**
 * Builds the app when its sources changed, and only then: a start with a fresh build reads sources and does not load
 * the bundler. The result goes live by renaming, so a reader never sees half of it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;

interface Target {
  readonly mode: 'production' | 'directory';
  readonly dir: string;
  /** Holds what it was built from. */
  readonly stamp: string;
  /** What ends up in it, from this folder: its own sources, the packages that it bundles, the lock for all others. */
  readonly sources: readonly string[];
}

const shared = ['public', 'vite.config.ts', 'build.ts', 'bundle.ts', '../../package-lock.json'];
const app: Target = {
  mode: 'production',
  dir: join(here, 'dist'),
  stamp: join(here, '.cache', 'built'),
  sources: ['src', 'index.html', '../protocol/src', '../link/src', '../client/src', '../e2ee/src', ...shared],
};
const directoryPage: Target = {
  mode: 'directory',
  dir: join(here, '.cache', 'directory'),
  stamp: join(here, '.cache', 'built-directory'),
  sources: ['src/directory', 'src/styles', 'src/ui/time.ts', 'directory.html', ...shared],
};

/** Resolves with the folder of the built app. Rejects when it cannot be built. */
export const ensureBuilt = (): Promise<{ dir: string }> => ensure(app);

/** The same of the page that a directory shows. */
export const ensureDirectoryPage = (): Promise<{ dir: string }> => ensure(directoryPage);

async function ensure(target: Target): Promise<{ dir: string }> {
  const { dir, stamp, sources } = target;
  const wanted = hashOf(sources.map((name) => join(here, name)));
  const held = existsSync(stamp) && existsSync(join(dir, 'index.html')) ? readFileSync(stamp, 'utf8') : '';
  if (held !== wanted) {
    await bundle(target);
    await mkdir(dirname(stamp), { recursive: true });
    await writeFile(stamp, wanted);
  }
  return { dir };
}

/** The app over sample data, for looking at screens and testing them; never part of the built app. */
export async function buildSample(outDir: string): Promise<void> {
  await run('sample', outDir);
}

async function bundle({ mode, dir }: Target): Promise<void> {
  const fresh = `${dir}.${process.pid}`;
  const old = `${fresh}.old`;
  try {
    await run(mode, fresh);
    if (mode === 'directory') await rename(join(fresh, 'directory.html'), join(fresh, 'index.html'));
    if (existsSync(dir)) await rename(dir, old);
    await rename(fresh, dir);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

async function run(mode: Target['mode'] | 'sample', outDir: string): Promise<void> {
  const child = spawn(process.execPath, [join(here, 'bundle.ts'), mode, outDir], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('the web app could not be built');
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesOf)) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Every file below a path in a fixed order; tests and sample data are not part of the app. */
function filesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(join('web', 'src', 'dev')))
    .sort();
}
