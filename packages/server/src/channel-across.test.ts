// Channels over three to five homeservers in a line, a ring, a triangle, and while links come and go.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { channelHops } from '@parley/protocol';
import { type TestHome, TestHomes } from './federation/testing-homes.ts';
import { openSqliteInMemory } from './main.ts';
import type { TestClient } from './testing.ts';

const lobby = { name: 'lobby' };
let last = 0;

function lines({ events }: TestClient): string[] {
  return events.flatMap(({ event, payload }) => {
    if (event === 'channel.said') return [`${payload.by}: ${payload.text}`];
    return event === 'channel.gap' ? [`(${payload.missed} of ${payload.by})`] : [];
  });
}

async function say(client: TestClient, text: string): Promise<void> {
  await client.request('channel.send', { ...lobby, clientId: `c${++last}`, text });
}

/** Homeservers of which each dials those named, and one listener on each. */
async function listeners(
  homes: TestHomes,
  dials: readonly (readonly number[])[],
): Promise<{ home: TestHome; client: TestClient }[]> {
  const all = [];
  for (const [i, to] of dials.entries()) {
    const home = await homes.home(i + 1, to);
    const client = await home.server.account(`p${i + 1}`);
    await client.request('channel.join', lobby);
    all.push({ home, client });
  }
  await homes.advance(1_000);
  return all;
}

const shapes: Record<string, readonly (readonly number[])[]> = {
  'a line of five': [[], [1], [2], [3], [4]],
  'a triangle': [[], [1], [1, 2]],
  'a ring of five': [[], [1], [2], [3], [4, 1]],
  'a mesh of four': [[], [1], [1, 2], [1, 2, 3]],
};

describe('a channel across servers', () => {
  for (const [shape, dials] of Object.entries(shapes)) {
    it(`is heard by everybody in ${shape}, each word once and in order`, async () => {
      await using homes = new TestHomes();
      const all = await listeners(homes, dials);
      const expected = new Map<number, string[]>();
      for (let round = 1; round <= 3; round++)
        for (const [i, { client }] of all.entries()) {
          await say(client, `${round}`);
          expected.set(i, [...(expected.get(i) ?? []), `p${i + 1}: ${round}`]);
        }
      await homes.advance(500);
      for (const { client } of all) {
        const heard = lines(client);
        assert.equal(heard.length, 3 * all.length);
        for (const [i, own] of expected)
          assert.deepEqual(
            heard.filter((line) => line.startsWith(`p${i + 1}:`)),
            own,
          );
      }
    });
  }

  it('passes servers on which nobody listens', async () => {
    await using homes = new TestHomes();
    const [one, , three] = [await homes.home(1), await homes.home(2, [1]), await homes.home(3, [2])];
    const [ada, cyd] = [await one.server.account('ada'), await three!.server.account('cyd')];
    await cyd.request('channel.join', lobby);
    await homes.advance(500);
    const { reach } = await ada.request('channel.send', { ...lobby, clientId: 'x', text: 'over the hill' });
    assert.deepEqual(
      reach.servers.map(({ hops }) => hops),
      [2],
    );
    await homes.settled();
    assert.deepEqual(lines(cyd), ['ada: over the hill']);
    const [heard] = cyd.events.filter(({ event }) => event === 'channel.said');
    assert.equal(heard?.event === 'channel.said' && heard.payload.server, one.id.slice(0, 8));
  });

  it('is wanted no more when the last has left, in a ring too', async () => {
    await using homes = new TestHomes();
    const all = await listeners(homes, shapes['a ring of five']!);
    for (const { client } of all.slice(1)) await client.request('channel.leave', lobby);
    await homes.advance(2_000);
    const reachOf = async ({ client }: { client: TestClient }) =>
      (await client.request('channel.list', lobby)).reach.servers.map(({ hops }) => hops);
    assert.deepEqual(await reachOf(all[0]!), []);
    assert.deepEqual(await reachOf(all[2]!), [2]);
    await all[0]!.client.request('channel.leave', lobby);
    await homes.advance(200 * channelHops);
    for (const each of all) assert.deepEqual(await reachOf(each), []);
  });

  it('reaches as many links as words may pass, and no further', async () => {
    await using homes = new TestHomes();
    const dials = Array.from({ length: channelHops + 2 }, (_, i) => (i === 0 ? [] : [i]));
    const all = await listeners(homes, dials);
    await say(all[0]!.client, 'how far?');
    await homes.advance(500);
    const heard = all.map(({ client }) => lines(client).length);
    assert.deepEqual(heard, [...Array(channelHops + 1).fill(1), 0]);
  });

  it('shows a gap for what was lost with a link, and goes on', async () => {
    await using homes = new TestHomes();
    const [ada, bob] = (await listeners(homes, [[], [1]])).map(({ client }) => client) as [TestClient, TestClient];
    await say(ada, 'one');
    await homes.settled();
    homes.cut.add('s1>s2').add('s2>s1');
    await say(ada, 'two');
    await say(ada, 'three');
    await homes.advance(60_000, 1_000);
    homes.cut.clear();
    await homes.advance(60_000, 1_000);
    await say(ada, 'four');
    await homes.advance(500);
    assert.deepEqual(lines(bob), ['p1: one', '(2 of p1)', 'p1: four']);
    await say(bob, 'and back');
    await homes.advance(500);
    assert.deepEqual(lines(ada).at(-1), 'p2: and back');
  });

  it('goes the other way round when a link of the ring is lost', async () => {
    await using homes = new TestHomes();
    const all = await listeners(homes, shapes['a ring of five']!);
    homes.cut.add('s1>s2').add('s2>s1');
    await homes.advance(60_000, 1_000);
    await say(all[0]!.client, 'still here');
    await say(all[1]!.client, 'so am I');
    await homes.advance(500);
    for (const { client } of all) assert.deepEqual(lines(client).toSorted(), ['p1: still here', 'p2: so am I']);
  });

  it('is not heard from a server that is blocked, by way of others neither', async () => {
    await using homes = new TestHomes();
    const [one, two, three] = [await homes.home(1), await homes.home(2, [1]), await homes.home(3, [2])];
    const owner = await one.server.owner('ada');
    const [bob, cyd] = [await two!.server.account('bob'), await three!.server.account('cyd')];
    for (const each of [owner, bob, cyd]) await each.request('channel.join', lobby);
    await homes.advance(500);
    await say(cyd, 'one');
    await homes.settled();
    await owner.request('peer.block', { server: three!.id });
    await say(cyd, 'two');
    await say(bob, 'three');
    await homes.advance(500);
    assert.deepEqual(lines(owner), ['cyd: one', 'bob: three']);
    await owner.request('peer.unblock', { server: three!.id });
    await say(cyd, 'four');
    await homes.advance(500);
    assert.deepEqual(lines(owner).slice(2), ['(1 of cyd)', 'cyd: four']);
  });

  it('counts anew after a restart of the sender’s server', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const bob = await two.server.account('bob');
    await bob.request('channel.join', lobby);
    const ada = await one.server.account('ada');
    await homes.advance(500);
    await say(ada, 'one');
    await say(ada, 'two');
    const { token } = ada;
    await homes.settled();
    const image = one.db.image();
    await one.stop();
    const again = await homes.home(1, [2], { db: openSqliteInMemory(image) });
    await homes.advance(30_000, 1_000);
    const back = await again.server.resume(token);
    await say(back, 'three');
    await homes.advance(500);
    assert.deepEqual(lines(bob), ['ada: one', 'ada: two', 'ada: three']);
  });
});
