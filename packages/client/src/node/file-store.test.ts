import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Store } from '../api.ts';
import { openFileStore } from './file-store.ts';
import { StoreInUse } from './lock.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const changes = (all: Record<string, string | undefined>) =>
  new Map(Object.entries(all).map(([key, value]) => [key, value === undefined ? undefined : bytes(value)]));

async function inFolder(run: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'parley-store-'));
  try {
    await run(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function content(store: Store): Promise<Record<string, string>> {
  const all = await store.list('');
  return Object.fromEntries(all.map(([key, value]) => [key, new TextDecoder().decode(value)]));
}

test('what was applied is there after opening again, and only its owner may read it', () =>
  inFolder(async (dir) => {
    const store = await openFileStore(join(dir, 'deep', 'er'));
    await store.apply(changes({ b: '2', a: '1', c: '3' }));
    await store.apply(changes({ c: undefined, a: 'one' }));
    await store.close();
    const again = await openFileStore(join(dir, 'deep', 'er'));
    assert.deepEqual(await content(again), { a: 'one', b: '2' });
    assert.equal((await again.get('a'))?.length, 3);
    assert.equal(await again.get('c'), undefined);
    assert.deepEqual(await again.list('b'), [['b', bytes('2')]]);
    assert.equal((await stat(join(dir, 'deep', 'er', 'journal'))).mode & 0o777, 0o600);
    await again.close();
  }));

test('a journal cut at any byte holds a whole number of applies and goes on from there', () =>
  inFolder(async (dir) => {
    const store = await openFileStore(dir);
    const states: Record<string, string>[] = [{}];
    for (const all of [
      { a: '1', b: '1' },
      { b: '2', c: undefined },
      { a: undefined, d: 'x'.repeat(50) },
    ]) {
      await store.apply(changes(all));
      states.push(await content(store));
    }
    await store.close();
    const journal = await readFile(join(dir, 'journal'));
    let seen = 0;
    for (let length = 0; length <= journal.length; length++) {
      await writeFile(join(dir, 'journal'), journal.subarray(0, length));
      const cut = await openFileStore(dir);
      const found = JSON.stringify(await content(cut));
      const at = states.findIndex((state) => JSON.stringify(state) === found);
      assert.ok(at >= seen, `state ${at} after ${seen} at ${length} bytes`);
      seen = at;
      if (length % 7 === 0) {
        await cut.apply(changes({ z: 'new' }));
        await cut.close();
        const on = await openFileStore(dir);
        assert.deepEqual(await content(on), { ...states[at], z: 'new' });
        await on.close();
      } else await cut.close();
    }
    assert.equal(seen, states.length - 1);
  }));

test('a flipped bit in the last record loses that record and no other', () =>
  inFolder(async (dir) => {
    const store = await openFileStore(dir);
    await store.apply(changes({ a: '1' }));
    const kept = (await stat(join(dir, 'journal'))).size;
    await store.apply(changes({ a: '2' }));
    await store.close();
    const journal = await readFile(join(dir, 'journal'));
    for (let at = kept; at < journal.length; at++) {
      const bad = Buffer.from(journal);
      bad[at] = (bad[at] ?? 0) ^ 0x10;
      await writeFile(join(dir, 'journal'), bad);
      const again = await openFileStore(dir);
      assert.deepEqual(await content(again), { a: '1' });
      await again.close();
    }
  }));

test('a journal that is mostly dead is written anew, and many applies at once are all kept', () =>
  inFolder(async (dir) => {
    const store = await openFileStore(dir);
    const text = 'x'.repeat(10_000);
    await Promise.all(Array.from({ length: 400 }, (_, i) => store.apply(changes({ [`k${i % 3}`]: `${i}${text}` }))));
    await store.apply(changes({ last: 'yes' }));
    assert.ok((await stat(join(dir, 'journal'))).size < 100_000);
    await store.close();
    const again = await openFileStore(dir);
    assert.deepEqual(Object.keys(await content(again)), ['k0', 'k1', 'k2', 'last']);
    assert.ok((await content(again)).k0?.startsWith('399'));
    await again.close();
  }));

test('two at once are refused, also in one process; a dead owner’s lock is taken over', () =>
  inFolder(async (dir) => {
    const store = await openFileStore(dir);
    await assert.rejects(openFileStore(dir), StoreInUse);
    await store.close();
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    await once(child, 'spawn');
    const start = (await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '')).split(' ')[21] ?? '-';
    await writeFile(join(dir, 'lock'), `${child.pid} ${start} other\n`);
    await assert.rejects(
      openFileStore(dir),
      (error: unknown) => error instanceof StoreInUse && error.pid === child.pid,
    );
    const ended = once(child, 'exit');
    child.kill();
    await ended;
    const taken = await openFileStore(dir);
    await taken.close();
    await writeFile(join(dir, 'lock'), `${process.pid} 1 earlier-life\n`);
    const own = await openFileStore(dir);
    await own.close();
    await assert.rejects(readFile(join(dir, 'lock')));
  }));

test('after close nothing is taken any more', () =>
  inFolder(async (dir) => {
    const store = await openFileStore(dir);
    await store.close();
    await store.close();
    await assert.rejects(store.apply(changes({ a: '1' })));
  }));
