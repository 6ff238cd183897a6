/** Real processes: a directory and three servers that were told of nothing but it; it dies, and comes back. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Found, startFound } from './found-server.ts';
import { startRealDirectory } from './real-directory.ts';

/** Asks until it is so: how long processes take is not for a test to say. */
async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const areLinked = (servers: readonly { state: string }[], count: number): boolean =>
  servers.filter(({ state }) => state === 'linked').length === count;

test('three servers find each other by a directory, which may die and come back', { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-discovery-'));
  await using directory = await startRealDirectory('--data', join(folder, 'directory'));
  const servers: Found[] = [];
  const start = async (name: string, life: 'first' | 'later' = 'first'): Promise<Found> => {
    const server = await startFound(join(folder, name), ['--directory', directory.url], life);
    servers.push(server);
    return server;
  };
  try {
    const [ada, bob] = [await start('ada'), await start('bob')];
    await until(
      () => ada.known(),
      (known) => areLinked(known, 1),
    );
    const eve = await start('eve');
    for (const server of [ada, bob, eve]) {
      const known = await until(
        () => server.known(),
        (each) => areLinked(each, 2),
      );
      assert.deepEqual(
        known.map(({ id }) => id),
        [ada, bob, eve]
          .filter((each) => each !== server)
          .map(({ id }) => id)
          .sort(),
      );
    }

    // Without the directory a server that comes back finds the others by what it knows of them.
    await directory.kill();
    await bob.kill();
    await until(
      () => ada.known(),
      (known) => areLinked(known, 1),
    );
    const again = await start('bob', 'later');
    assert.equal(again.id, bob.id);
    await until(
      () => again.known(),
      (known) => areLinked(known, 2),
    );

    await directory.restart();
    const joe = await start('joe');
    await until(
      () => joe.known(),
      (known) => areLinked(known, 3),
    );
    assert.equal(await ada.stop(), 0);
    assert.equal(await directory.stop(), 0);
  } finally {
    for (const server of servers) await server.kill();
    await rm(folder, { recursive: true, force: true });
  }
});
