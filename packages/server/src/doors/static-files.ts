// The built web app. The folder is listed once and nothing outside that list is served, so no path can lead elsewhere.
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { sha256 } from '../crypto.ts';
import { type Coding, compress } from './content-coding.ts';

/** Far above the app's size with all compressed forms. */
const memoryBytes = 67_108_864;

/** A file larger than this is not ours. */
const largestFileBytes = 16_777_216;

/** Below it, compression saves no packet. */
const worthCompressingBytes = 1_024;

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
};

/** Others are compressed already. */
const compressible = new Set([
  '.html',
  '.js',
  '.css',
  '.json',
  '.map',
  '.webmanifest',
  '.svg',
  '.txt',
  '.wasm',
  '.ico',
]);

export interface StaticFile {
  readonly type: string;
  /** Its name changes with its content, so that it may be kept for ever. */
  readonly isHashed: boolean;
  /** Whether it has compressed forms. */
  readonly isVaried: boolean;
  /** In the best form not beyond `accepted`. Rejects when the file is gone. */
  body(accepted: Coding): Promise<StaticBody>;
}

export interface StaticBody {
  readonly bytes: Uint8Array;
  readonly coding: Coding;
  /** Strong, of this form [RFC 9110 §8.8.3]. */
  readonly etag: string;
}

export interface StaticFiles {
  /** By decoded path, such as `/assets/main-Bf3x.js`; `/` is `/index.html`. */
  find(path: string): StaticFile | undefined;
}

/** Lists a folder; one that does not exist holds nothing. */
export async function listStaticFiles(folder: string): Promise<StaticFiles> {
  const paths = await listed(folder);
  const bodies = new BodyCache();
  const files = new Map<string, StaticFile>();
  for (const [path, bytes] of paths) {
    const coded = /\.(br|gz)$/.exec(path);
    if (bytes > largestFileBytes || (coded !== null && paths.has(path.slice(0, coded.index)))) continue;
    const extension = extname(path);
    const isVaried = compressible.has(extension) && bytes >= worthCompressingBytes;
    files.set(path, {
      type: types[extension] ?? 'application/octet-stream',
      isHashed: /^\/assets\/.*-[\w-]{8,}\.\w+$/.test(path),
      isVaried,
      body: (accepted) => {
        const coding = isVaried ? accepted : 'identity';
        return bodies.take(`${coding} ${path}`, () => readBody(folder, path, coding, paths));
      },
    });
  }
  return { find: (path) => files.get(path === '/' ? '/index.html' : path) };
}

/** Path to size. Links and hidden files are left out. */
async function listed(folder: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    if (!path.includes('/.')) found.set(path, (await stat(file)).size);
  }
  return found;
}

async function readBody(
  folder: string,
  path: string,
  coding: Coding,
  paths: ReadonlyMap<string, number>,
): Promise<StaticBody> {
  const suffix = { br: '.br', gzip: '.gz', identity: '' }[coding];
  const isReady = paths.has(path + suffix);
  const read = await readFile(join(folder, path + (isReady ? suffix : '')));
  const bytes = isReady ? read : await compress(read, coding);
  return { bytes, coding, etag: `"${Buffer.from(sha256(bytes)).toString('base64url').slice(0, 22)}"` };
}

/** Bodies in memory, up to a sum of bytes; the one unused for longest goes first. */
class BodyCache {
  readonly #bodies = new Map<string, Promise<StaticBody>>();
  readonly #sizes = new Map<string, number>();
  #total = 0;

  /** What `make` gave when first asked; several who ask at once wait for one. */
  take(key: string, make: () => Promise<StaticBody>): Promise<StaticBody> {
    const known = this.#bodies.get(key);
    const body = known ?? make();
    this.#bodies.delete(key);
    this.#bodies.set(key, body);
    if (known === undefined) {
      body.then(
        ({ bytes }) => this.#made(key, bytes.length),
        () => this.#bodies.delete(key),
      );
    }
    return body;
  }

  #made(key: string, size: number): void {
    this.#sizes.set(key, size);
    this.#total += size;
    for (const oldest of this.#bodies.keys()) {
      if (this.#total <= memoryBytes) return;
      this.#total -= this.#sizes.get(oldest) ?? 0;
      this.#sizes.delete(oldest);
      this.#bodies.delete(oldest);
    }
  }
}
