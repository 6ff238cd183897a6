import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { liveFolder } from '../live.ts';

const now = 1_700_000_000_000;

async function within(work: (parent: string) => Promise<void>): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'parley-live-'));
  try {
    await work(join(parent, 'builds'));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

test('a folder that many want at once is whole as soon as it is there, for all of them, and nothing else is left', () =>
  within(async (parent) => {
    const { promise: allBegan, resolve } = Promise.withResolvers<void>();
    let begun = 0;
    const make = async (dir: string): Promise<void> => {
      if (++begun === 5) resolve();
      await allBegan;
      assert.ok(dir.startsWith(parent) && !dir.endsWith('one'));
      for (const name of ['index.html', 'app.js']) await writeFile(join(dir, name), name);
    };
    const dirs = await Promise.all(Array.from({ length: 5 }, () => liveFolder(parent, 'one', make, now)));
    assert.deepEqual(new Set(dirs), new Set([join(parent, 'one')]));
    assert.equal(await readFile(join(parent, 'one', 'app.js'), 'utf8'), 'app.js');
    assert.deepEqual(await readdir(parent), ['one']);
    await liveFolder(parent, 'one', () => assert.fail('it is there'), now);
  }));

test('a folder that could not be made is not there, and is made by the next who wants it', () =>
  within(async (parent) => {
    const half = async (dir: string): Promise<void> => {
      await writeFile(join(dir, 'index.html'), 'half');
      throw new Error('full');
    };
    await assert.rejects(liveFolder(parent, 'one', half, now), /full/);
    assert.deepEqual(await readdir(parent), []);
    await liveFolder(parent, 'one', (dir) => writeFile(join(dir, 'index.html'), 'whole'), now);
    assert.equal(await readFile(join(parent, 'one', 'index.html'), 'utf8'), 'whole');
  }));

test('the latest folders stay for those who read them, older ones and what was abandoned go', () =>
  within(async (parent) => {
    for (let i = 0; i < 7; i++) await liveFolder(parent, `build-${i}`, async () => {}, now + i * 1_000);
    assert.deepEqual((await readdir(parent)).sort(), ['build-3', 'build-4', 'build-5', 'build-6']);
    for (const [name, ageMs] of [
      ['making-old', 7_200_000],
      ['making-new', 60_000],
    ] as const) {
      await mkdir(join(parent, name));
      const at = new Date(now - ageMs);
      await utimes(join(parent, name), at, at);
    }
    await liveFolder(parent, 'build-3', async () => {}, now + 10_000);
    await liveFolder(parent, 'build-7', async () => {}, now + 11_000);
    assert.ok(existsSync(join(parent, 'build-3')), 'it was wanted again');
    assert.ok(!existsSync(join(parent, 'build-4')));
    assert.deepEqual([existsSync(join(parent, 'making-old')), existsSync(join(parent, 'making-new'))], [false, true]);
  }));
