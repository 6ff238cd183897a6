/**
 * Builds the app when its sources changed, and only then: a start with a fresh build reads sources and does not load
 * the bundler. A build is named after what it was built from, and any number of servers may start at once.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { liveFolder } from './live.ts';

const here = import.meta.dirname;

interface Target {
  readonly mode: 'production' | 'directory';
  /** Holds builds. */
  readonly parent: string;
  /** What ends up in it, from this folder: its own sources, the packages that it bundles, the lock for all others. */
  readonly sources: readonly string[];
}

const shared = ['public', 'vite.config.ts', 'build.ts', 'bundle.ts', '../../package-lock.json'];
const app: Target = {
  mode: 'production',
  parent: join(here, '.cache', 'app'),
  sources: ['src', 'index.html', '../protocol/src', '../link/src', '../client/src', '../e2ee/src', ...shared],
};
const directoryPage: Target = {
  mode: 'directory',
  parent: join(here, '.cache', 'directory-page'),
  sources: ['src/directory', 'src/styles', 'src/ui/time.ts', 'directory.html', ...shared],
};

/** Resolves with the folder of the built app. Rejects when it cannot be built. */
export const ensureBuilt = (): Promise<{ dir: string }> => ensure(app);

/** The same of the page that a directory shows. */
export const ensureDirectoryPage = (): Promise<{ dir: string }> => ensure(directoryPage);

async function ensure({ mode, parent, sources }: Target): Promise<{ dir: string }> {
  const paths = sources.map((name) => join(here, name));
  const wanted = hashOf(paths);
  const dir = await liveFolder(
    parent,
    wanted,
    (fresh) => bundle(mode, fresh, () => hashOf(paths) === wanted),
    Date.now(),
  );
  return { dir };
}

/** The app over sample data, for looking at screens and testing them; never part of the built app. */
export async function buildSample(outDir: string): Promise<void> {
  await run('sample', outDir);
}

async function bundle(mode: Target['mode'], dir: string, isCurrent: () => boolean): Promise<void> {
  await run(mode, dir);
  if (mode === 'directory') await rename(join(dir, 'directory.html'), join(dir, 'index.html'));
  if (!isCurrent()) throw new Error('the sources of the web app changed while it was built: start again');
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
