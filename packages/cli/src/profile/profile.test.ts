import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Failure } from '../exit.ts';
import { changeProfile, loadProfile } from './profile.ts';

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-profile-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
const account = { token: 't', user: 'u', name: 'ada', session: 's' };

test('what is changed is there the next time', () =>
  inFolder(async (parent) => {
    const folder = join(parent, 'new');
    assert.deepEqual(await loadProfile(folder), { v: 1, servers: {} });
    await changeProfile(folder, (profile) => {
      profile.server = 'http://a';
      profile.servers['http://a'] = { id: 'x', name: 'a', account };
    });
    const expected = { v: 1, server: 'http://a', servers: { 'http://a': { id: 'x', name: 'a', account } } };
    assert.deepEqual(await loadProfile(folder), expected);
  }));

test('nobody else may read it, and nothing half-written stays', () =>
  inFolder(async (parent) => {
    const folder = join(parent, 'new');
    await changeProfile(folder, () => {});
    assert.deepEqual(await readdir(folder), ['profile.json']);
    if (process.platform === 'win32') return;
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.equal((await stat(join(folder, 'profile.json'))).mode & 0o777, 0o600);
  }));

test('a damaged profile is named and not written over', () =>
  inFolder(async (folder) => {
    const damaged = ['{', '[]', '{"v":2,"servers":{}}', '{"v":1,"servers":{"a":{"id":1}}}', '{"v":1,"servers":[]}'];
    for (const text of damaged) {
      await writeFile(join(folder, 'profile.json'), text);
      await assert.rejects(
        changeProfile(folder, () => {}),
        (error) => error instanceof Failure && error.message.includes('profile.json'),
      );
    }
  }));
