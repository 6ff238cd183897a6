/**
 * Builds the app when its sources changed, and only then: a start with a fresh build reads sources and does not load
 * the bundler. The result goes live by renaming, so a reader never sees half of it.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const dist = join(here, 'dist');
const stamp = join(here, '.cache', 'built');
/** What ends up in the app, from this folder: its own sources, the packages that it bundles, the lock for all others. */
const sources = [
  'src',
  'public',
  'index.html',
  'vite.config.ts',
  'build.ts',
  '../protocol/src',
  '../link/src',
  '../client/src',
  '../../package-lock.json',
];

/** Resolves with the folder of the built app. Rejects when it cannot be built. */
export async function ensureBuilt(): Promise<{ dir: string }> {
  const wanted = hashOf(sources.map((name) => join(here, name)));
  const held = existsSync(stamp) && existsSync(join(dist, 'index.html')) ? readFileSync(stamp, 'utf8') : '';
  if (held !== wanted) {
    await bundle();
    await mkdir(dirname(stamp), { recursive: true });
    await writeFile(stamp, wanted);
  }
  return { dir: dist };
}

/** The app over sample data, for looking at screens and testing them; never part of the built app. */
export async function buildSample(outDir: string): Promise<void> {
  await run('sample', outDir);
}

async function bundle(): Promise<void> {
  const fresh = `${dist}.${process.pid}`;
  const old = `${fresh}.old`;
  try {
    await run('production', fresh);
    if (existsSync(dist)) await rename(dist, old);
    await rename(fresh, dist);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

async function run(mode: 'production' | 'sample', outDir: string): Promise<void> {
  const { build } = await import('vite');
  const { default: configure } = await import('./vite.config.ts');
  const config = await configure({ command: 'build', mode: mode === 'sample' ? 'sample' : 'production' });
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await build({ ...config, configFile: false, mode, logLevel: 'warn', build: { ...config.build, outDir } });
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = environment;
  }
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
