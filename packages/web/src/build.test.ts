/** What the built app must be, whatever is in it: small at first, nothing inline, nothing from elsewhere. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ensureBuilt } from '../build.ts';

const KiB = 1024;

const filesOf = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const attributes = (html: string, pattern: RegExp): string[] => [...html.matchAll(pattern)].map((hit) => hit[1] ?? '');

/** The entry and everything that it imports statically, by path below `dir`. */
function firstLoad(dir: string): string[] {
  const html = readFileSync(join(dir, 'index.html'), 'utf8');
  const found = new Set(attributes(html, /<script[^>]* src="([^"]+)"/g));
  for (const file of found) {
    const code = readFileSync(join(dir, file), 'utf8');
    for (const [, name] of code.matchAll(/(?:^|[;}\n])(?:import|export)\b[^'"()]*?["']\.\/([^"']+\.js)["']/g))
      found.add(`/assets/${name}`);
  }
  return [...found];
}

test('the first load is at most 160 KiB of JavaScript, compressed', async () => {
  const { dir } = await ensureBuilt();
  const files = firstLoad(dir);
  assert.ok(files.length > 0);
  const sizes = files.map((file) => [file, gzipSync(readFileSync(join(dir, file)), { level: 9 }).length] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  assert.ok(total <= 160 * KiB, `${(total / KiB).toFixed(1)} KiB: ${sizes.map((size) => size.join(' ')).join(', ')}`);
});

test('pages hold no inline script, style or handler', async () => {
  const { dir } = await ensureBuilt();
  const pages = filesOf(dir).filter((file) => file.endsWith('.html'));
  assert.deepEqual(
    pages.map((file) => file.slice(dir.length)),
    ['/index.html'],
  );
  for (const page of pages) {
    const html = readFileSync(page, 'utf8');
    assert.doesNotMatch(html, /<script(?![^>]* src=)/);
    assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|javascript:/i);
    for (const address of attributes(html, /(?:src|href)="([^"]+)"/g)) assert.match(address, /^\/[^/]/);
  }
});

test('nothing is fetched from another origin', async () => {
  const { dir } = await ensureBuilt();
  const css = filesOf(dir).filter((file) => file.endsWith('.css'));
  for (const file of css)
    for (const address of attributes(readFileSync(file, 'utf8'), /url\(["']?([^"')]+)/g))
      assert.match(address, /^(\/[^/]|data:image\/svg)/, `${file}: ${address}`);
  const js = filesOf(dir).filter((file) => file.endsWith('.js'));
  for (const file of js) {
    const code = readFileSync(file, 'utf8');
    const loads =
      /(?:import\(|importScripts\(|fetch\(|new Worker\(|new WebSocket\(|\.src\s*=\s*)["'`](?:https?:)?\/\/[^"'`]+/g;
    assert.deepEqual(code.match(loads), null, file);
  }
});

test('the font is at most 50 KB and known before the styles are', async () => {
  const { dir } = await ensureBuilt();
  const fonts = filesOf(dir).filter((file) => /\.(woff2?|ttf|otf)$/.test(file));
  assert.equal(fonts.length, 1);
  for (const font of fonts) assert.ok(statSync(font).size <= 50_000, `${font} has ${statSync(font).size} bytes`);
  const html = readFileSync(join(dir, 'index.html'), 'utf8');
  assert.match(html, /<link rel="preload" href="\/assets\/inter-[^"]+\.woff2" as="font"/);
});

test('the service worker knows every file that was built', async () => {
  const { dir } = await ensureBuilt();
  const worker = readFileSync(join(dir, 'sw.js'), 'utf8');
  const { files } = JSON.parse(/^const precache=(\{.*?\});/.exec(worker)?.[1] ?? '{}') as { files: string[] };
  const expected = filesOf(dir).map((file) => file.slice(dir.length));
  const rest = expected.filter((file) => file !== '/sw.js' && file !== '/index.html');
  assert.deepEqual(files.toSorted(), ['/', ...rest].toSorted());
});

test('sample data is no part of the built app', async () => {
  const { dir } = await ensureBuilt();
  for (const file of filesOf(dir).filter((one) => one.endsWith('.js')))
    assert.ok(!readFileSync(file, 'utf8').includes('harbour.example'), file);
});

test('a fresh build is used as it is', async () => {
  const { dir } = await ensureBuilt();
  const before = statSync(join(dir, 'index.html'));
  await ensureBuilt();
  const after = statSync(join(dir, 'index.html'));
  assert.deepEqual([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
});
