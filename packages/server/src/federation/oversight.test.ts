import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clerkUser, decodeHeader, encodeAct, encodeHeader, nextChain } from '@parley/room';
import { createCrypto } from '../crypto.ts';
import { identityFromSeed } from '../identity.ts';
import { type MemoryDatabase, openSqliteInMemory } from '../main.ts';
import type { TestClient } from '../testing.ts';
import { heard, TestHomes } from './testing-homes.ts';

const say = (who: TestClient, room: string, text: string) =>
  who.request('message.send', { room, clientId: text, body: { text } });
const refusals = (who: TestClient): string[] =>
  who.events.flatMap(({ event, payload }) =>
    event === 'outcome.decided' && payload.outcome.outcome === 'refused'
      ? [`${payload.clientId} ${payload.outcome.code}`]
      : [],
  );

/** Two servers with a room on the first that somebody of each is in; both people own their server. */
async function roomOfTwo(homes: TestHomes) {
  const one = await homes.home(1);
  const two = await homes.home(2, [1]);
  const ada = await one.server.owner('ada');
  const bob = await two.server.owner('bob');
  const room = await ada.createRoom('ops');
  await bob.request('room.join', { room, clientId: 'j', server: one.id });
  await homes.settled();
  return { one, two, ada, bob, room };
}

async function apart(homes: TestHomes): Promise<void> {
  homes.cut.add('s1>s2').add('s2>s1');
  await homes.advance(60_000, 5_000);
}

describe('an operator', () => {
  it('sees what waits in a room and who is how far behind, and has it handed in at once', async () => {
    await using homes = new TestHomes();
    const { one, two, ada, bob, room } = await roomOfTwo(homes);
    const [kept] = (await ada.request('peer.rooms', {})).rooms;
    assert.deepEqual([kept?.room, kept?.alias, kept?.clerk, kept?.waiting], [room, 'ops', one.id, undefined]);
    assert.deepEqual(kept?.servers, [{ server: two.id, isLinked: true, behind: 0 }]);

    await apart(homes);
    const since = homes.clock.now();
    await say(bob, room, 'b1');
    await homes.advance(1_000);
    await say(bob, room, 'b2');
    await say(ada, room, 'a1');
    const [followed] = (await bob.request('peer.rooms', {})).rooms;
    assert.deepEqual([followed?.clerk, followed?.waiting], [one.id, { acts: 2, oldestAt: since }]);
    assert.deepEqual((await ada.request('peer.rooms', {})).rooms[0]?.servers, [{ server: two.id, isLinked: false }]);

    homes.cut.clear();
    while ((await bob.request('peer.list', {})).peers[0]?.state !== 'waiting') await homes.advance(1_000);
    const { dialled, rooms } = await bob.request('peer.retry', { server: one.id });
    assert.deepEqual([dialled, rooms], [1, 1]);
    await homes.settled();
    assert.deepEqual(
      [heard(ada), heard(bob).sort()],
      [
        ['a1', 'b1', 'b2'],
        ['a1', 'b1', 'b2'],
      ],
    );
    assert.equal((await bob.request('peer.rooms', {})).rooms[0]?.waiting, undefined);
  });

  it('gives up what waits for a server that is gone, and what is said after arrives', async () => {
    await using homes = new TestHomes();
    const { ada, bob, room } = await roomOfTwo(homes);
    await apart(homes);
    for (const text of ['b1', 'b2']) await say(bob, room, text);
    assert.deepEqual(await bob.request('peer.drop', { room }), { dropped: 2 });
    assert.deepEqual(await bob.request('peer.drop', { room }), { dropped: 0 });
    await homes.settled();
    assert.deepEqual(refusals(bob), ['b1 given-up', 'b2 given-up']);
    await say(bob, room, 'b3');
    homes.cut.clear();
    await homes.advance(400_000, 5_000);
    await say(bob, room, 'b4');
    await homes.settled();
    assert.deepEqual(heard(ada), ['b3', 'b4']);
    await assert.rejects(ada.request('peer.drop', { room }), { code: 'not-found' });
    await assert.rejects(ada.request('peer.drop', { room: 'x'.repeat(52) }));
  });

  it('blocks the clerk of a room: what waits is refused and told, and goes on when it is unblocked', async () => {
    await using homes = new TestHomes();
    const { one, ada, bob, room } = await roomOfTwo(homes);
    const other = await ada.createRoom('other');
    await apart(homes);
    await say(bob, room, 'b1');
    await bob.request('peer.block', { server: one.id });
    await homes.settled();
    assert.deepEqual(refusals(bob), ['b1 blocked']);
    await assert.rejects(say(bob, room, 'b2'), { code: 'blocked' });
    await assert.rejects(bob.request('room.join', { room: other, clientId: 'j2', server: one.id }), {
      code: 'blocked',
    });
    homes.cut.clear();
    await homes.advance(400_000, 5_000);
    await say(ada, room, 'a1');
    await homes.settled();
    assert.deepEqual(heard(bob), []);
    await bob.request('peer.unblock', { server: one.id });
    await homes.settled();
    await say(bob, room, 'b3');
    await homes.settled();
    assert.deepEqual(
      [heard(ada), heard(bob)],
      [
        ['a1', 'b3'],
        ['a1', 'b3'],
      ],
    );
  });

  it('sees a room that stands still, and has it asked for again', async () => {
    await using homes = new TestHomes();
    const { one, ada, bob, room } = await roomOfTwo(homes);
    await apart(homes);
    await say(ada, room, 'a1');
    const [row] = await one.db.all<{ header: Uint8Array }>('SELECT header FROM entry WHERE seq = 3');
    const rewrite = (header: Uint8Array) => one.db.run('UPDATE entry SET header = ? WHERE seq = 3', [header]);
    const read = decodeHeader(row!.header);
    await rewrite(encodeHeader({ ...read, at: read.at + 1 }));
    homes.cut.clear();
    await homes.advance(400_000, 5_000);
    const [view] = (await bob.request('peer.rooms', {})).rooms;
    assert.equal(view?.still?.field, 'checkpoint');
    assert.deepEqual(heard(bob), []);
    await rewrite(row!.header);
    assert.equal((await bob.request('peer.retry', { room })).rooms, 1);
    await homes.settled();
    assert.deepEqual(heard(bob), ['a1']);
    assert.equal((await bob.request('peer.rooms', {})).rooms[0]?.still, undefined);
  });

  it('sees how much a clerk appended that the rules of its room forbid', async () => {
    await using homes = new TestHomes();
    const { one, bob, room } = await roomOfTwo(homes);
    const db = openSqliteInMemory(one.db.image());
    await one.stop();
    await forge(db, one.id, room);
    await homes.home(1, [], { db });
    await homes.advance(400_000, 5_000);
    const [view] = (await bob.request('peer.rooms', {})).rooms;
    assert.deepEqual(view?.forbidden, { entries: 1, lastSeq: 3, code: 'forbidden' });
    assert.equal(view?.still, undefined);
  });
});

/** The clerk of a room closes its list to others, which no rule lets it. */
async function forge(db: MemoryDatabase, id: string, room: string): Promise<void> {
  const crypto = createCrypto(identityFromSeed(new Uint8Array(32).fill(1)));
  const user = clerkUser(id);
  const act = { room, user, device: '', clientId: 'forged', kind: 'settings', data: { listed: false }, parts: [] };
  const [last] = await db.all<{ term: number; seq: number; chain: Uint8Array }>('SELECT term, seq, chain FROM room');
  const seq = last!.seq + 1;
  const header = encodeHeader({
    pos: { term: last!.term, seq },
    at: 1,
    what: { type: 'clerk', act, actBytes: encodeAct(act) },
  });
  await db.run(
    `INSERT INTO entry (room, seq, term, at, kind, shown, nth, author, act, target, header)
    SELECT room, ?, term, at, 'settings', 0, nth, 0, ?, NULL, ? FROM entry WHERE seq = ?`,
    [seq, new Uint8Array(16).fill(9), header, last!.seq],
  );
  await db.run('UPDATE room SET seq = ?, chain = ?', [seq, nextChain(crypto, last!.chain, header)]);
}
