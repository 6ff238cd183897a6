import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StartError } from '../start-error.ts';
import { lockFolder } from './sqlite-lock.ts';

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-lock-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('a folder is taken once, until it is given back', () =>
  inFolder(async (folder) => {
    const place = join(folder, 'data');
    const release = lockFolder(place);
    const refused = { name: 'StartError', message: /^another server is running on the data folder .*data: [^\n]+$/ };
    assert.throws(() => lockFolder(place), refused);
    assert.throws(() => lockFolder(place), refused);
    lockFolder(join(folder, 'other'))();
    release();
    const again = lockFolder(place);
    release();
    assert.throws(() => lockFolder(place), refused);
    again();
    if (process.platform !== 'win32') assert.equal((await stat(join(place, 'lock.db'))).mode & 0o777, 0o600);
  }));

test('a folder that cannot be had is said by name', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const place of [file, join(file, 'below')])
      assert.throws(
        () => lockFolder(place),
        (error) => error instanceof StartError && error.message.startsWith(`cannot lock the data folder ${place}: `),
      );
  }));
