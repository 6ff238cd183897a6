import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LinkClosed } from '@parley/link';
import { readServerRecord } from '@parley/protocol';
import { testDirectory, type Visitor } from '../directory/testing-directory.ts';
import { renewMs } from './own-record.ts';
import { countsOf, finder, type TestFinder, type TestFinderOptions } from './testing-discovery.ts';
import { TestNetwork } from './testing-network.ts';
import { startMs } from './testing-record.ts';

type Directory = Awaited<ReturnType<typeof testDirectory>>;

/** A network with directories by their URLs, which may come and go. */
class Setting {
  readonly network = new TestNetwork();
  readonly directories = new Map<string, Directory>();
  readonly dials: string[] = [];
  /** Where a directory sees the server of a seed, if not by its name. */
  readonly comesFrom = new Map<number, string>();
  readonly #finders: TestFinder[] = [];

  async directory(url: string, network = 'test', before?: Directory): Promise<Directory> {
    const made = await testDirectory({ runtime: this.network.clock, network, ...(before && { db: before.db }) });
    this.directories.set(url, made);
    return made;
  }

  async stop(url: string): Promise<void> {
    await this.directories.get(url)?.close();
    this.directories.delete(url);
    await this.network.settled();
  }

  async finder(seed: number, urls: readonly string[], more: TestFinderOptions = {}): Promise<TestFinder> {
    const made = await finder(this.network, seed, {
      ...more,
      directories: urls,
      dialDirectory: (url) => async (signal) => {
        this.dials.push(url);
        const directory = this.directories.get(url);
        if (!directory) throw new LinkClosed('lost');
        return directory.dial(this.comesFrom.get(seed) ?? `s${seed}`)(signal);
      },
    });
    this.#finders.push(made);
    return made;
  }

  async end(): Promise<void> {
    for (const each of this.#finders) await each.close().catch(() => {});
    for (const url of [...this.directories.keys()]) await this.stop(url);
  }

  /** The servers that a directory has, and whether they are there. */
  async held(url: string): Promise<{ id: string; name: string | null; present: boolean }[]> {
    const { entries } = await this.directories.get(url)!.book.list(0, 100);
    return entries.map(({ record, present }) => {
      const { server: id, name } = readServerRecord(record).record;
      return { id, name, present };
    });
  }
}

const [one, two] = ['http://d1', 'http://d2'];

describe('servers find each other by a directory', () => {
  test('each newcomer is told to all, and those who come later find who was there', async () => {
    const setting = new Setting();
    await setting.directory(one);
    const finders: TestFinder[] = [];
    for (let seed = 1; seed <= 4; seed++) finders.push(await setting.finder(seed, [one], { name: `s${seed}.example` }));
    await setting.network.advance(10_000, 500);
    for (const each of finders) assert.deepEqual(countsOf(each), { known: 3, linked: 3 });
    assert.equal(finders[0]!.discovery.list('', 1).servers[0]?.via, 'directory');
    assert.deepEqual(finders[0]!.discovery.directories(), [{ url: one, connected: true }]);
    await setting.end();
  });

  test('a change is announced at once, and the record is renewed every day', async () => {
    const setting = new Setting();
    const directory = await setting.directory(one);
    const ada = await setting.finder(1, [one], { name: 'a.example' });
    const bob = await setting.finder(2, [one]);
    ada.discovery.announce({ addresses: ['http://elsewhere'] });
    await setting.network.settled();
    assert.deepEqual(bob.discovery.records.get(ada.id)?.record.addresses, ['http://elsewhere']);
    const { revision } = directory.book;
    await setting.network.advance(renewMs, 600_000);
    assert.equal(directory.book.revision, revision + 2);
    await setting.end();
  });

  test('a server that stops says so, and is there again when it is back', async () => {
    const setting = new Setting();
    await setting.directory(one);
    const ada = await setting.finder(1, [one]);
    await ada.close();
    await setting.network.settled();
    assert.deepEqual(
      (await setting.held(one)).map(({ present }) => present),
      [false],
    );
    await setting.finder(1, [one], { peer: { db: ada.peer.db } });
    assert.deepEqual(
      (await setting.held(one)).map(({ present }) => present),
      [true],
    );
    await setting.end();
  });

  test('a directory that is killed is missed by nobody, and found again with an empty book', async () => {
    const setting = new Setting();
    await setting.directory(one);
    const [ada, bob] = [await setting.finder(1, [one]), await setting.finder(2, [one])];
    await setting.network.advance(10_000, 500);
    await setting.stop(one);
    await setting.network.advance(60_000, 1_000);
    assert.deepEqual(countsOf(ada), { known: 1, linked: 1 });
    assert.deepEqual(ada.discovery.directories(), [{ url: one, connected: false }]);
    assert.ok(setting.dials.length > 4 && setting.dials.length < 40, `dialled ${setting.dials.length} times`);
    await setting.directory(one);
    await setting.network.advance(300_000, 1_000);
    assert.equal((await setting.held(one)).length, 2);
    const eve = await setting.finder(3, [one]);
    await setting.network.advance(10_000, 500);
    assert.deepEqual(countsOf(eve), { known: 2, linked: 2 });
    assert.equal(bob.peer.peers.isLinked(eve.id), true);
    await setting.end();
  });

  test('a directory that comes back with its book is asked for what is new alone', async () => {
    const setting = new Setting();
    const first = await setting.directory(one);
    const ada = await setting.finder(1, [one]);
    await setting.stop(one);
    const second = await setting.directory(one, 'test', first);
    const asked: number[] = [];
    const { list } = second.book;
    second.book.list = (since, limit) => {
      asked.push(since);
      return list.call(second.book, since, limit);
    };
    await setting.network.advance(10_000, 500);
    assert.deepEqual(asked, [1]);
    assert.equal(ada.discovery.directories()[0]?.connected, true);
    await setting.end();
  });

  test('two directories are two sources: what one leaves out the other tells', async () => {
    const setting = new Setting();
    await setting.directory(one);
    await setting.directory(two);
    const both = await setting.finder(1, [one, two], { limits: { serversSought: 0 } });
    const ada = await setting.finder(2, [one], { limits: { serversSought: 0 } });
    const bob = await setting.finder(3, [two], { limits: { serversSought: 0 } });
    await setting.network.advance(5_000, 500);
    assert.deepEqual([both, ada, bob].map(countsOf), [
      { known: 2, linked: 0 },
      { known: 1, linked: 0 },
      { known: 1, linked: 0 },
    ]);
    await setting.stop(one);
    const eve = await setting.finder(4, [two], { limits: { serversSought: 0 } });
    await setting.network.settled();
    assert.ok(both.discovery.records.get(eve.id));
    await setting.end();
  });

  test('a record that the directory holds and the server lost is exceeded', async () => {
    const setting = new Setting();
    const directory = await setting.directory(one);
    const visitor: Visitor = await directory.visitor(1);
    await visitor.announce({ version: startMs + 5 * renewMs, name: 'before.example' });
    await visitor.leave();
    await setting.finder(1, [one], { name: 'after.example' });
    await setting.network.settled();
    assert.deepEqual(
      (await setting.held(one)).map(({ name, present }) => [name, present]),
      [['after.example', true]],
    );
    await setting.end();
  });

  test('where a directory sees a server is an address of it, if it leads there and is no proxy', async () => {
    const setting = new Setting();
    const seenAt = (address: string) => `http://${address}`;
    const far = 'https://directory.example';
    await setting.directory(far);
    setting.comesFrom.set(1, '192.0.2.1').set(2, '192.0.2.2').set(3, '10.0.0.3');
    const finders: TestFinder[] = [];
    for (const seed of [1, 2, 3]) {
      const each = await setting.finder(seed, [far], { addresses: [], limits: { serversSought: 0 } });
      const host = setting.comesFrom.get(seed)!;
      if (seed !== 2) setting.network.links.listen({ host, port: 1 }, (link) => each.peer.peers.accept(link));
      each.discovery.announce({}, { urls: [], seenAt });
      finders.push(each);
    }
    await setting.network.settled();
    const said = (await setting.directories.get(far)!.book.list(0, 10)).entries.map(({ record }) => {
      const { server, addresses } = readServerRecord(record).record;
      return [finders.findIndex(({ id }) => id === server) + 1, addresses];
    });
    assert.deepEqual(
      new Map(said as [number, string[]][]),
      new Map([
        [1, ['http://192.0.2.1']],
        [2, []],
        [3, []],
      ]),
    );
    await setting.end();
  });

  test('a directory of another network is left alone, but for a look from time to time', async () => {
    const setting = new Setting();
    await setting.directory(one, 'other');
    await setting.finder(1, [one]);
    await setting.network.advance(120_000, 1_000);
    assert.ok(setting.dials.length <= 12, `dialled ${setting.dials.length} times`);
    assert.deepEqual(await setting.held(one), []);
    await setting.end();
  });
});
