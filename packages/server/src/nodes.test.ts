import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { limits as sizes } from '@parley/protocol';
import { openLocalBus } from './bus/local.ts';
import { createVirtualRuntime } from './runtime-virtual.ts';
import type { Database } from './store/database.ts';
import { openSqlite, openSqliteInMemory } from './store/sqlite.ts';
import { type TestClient, type TestServer, testServer } from './testing.ts';

/** Two homeservers over one database: nodes of one server, with a bus between them or without. */
async function nodes(db: Database, isConnected: boolean): Promise<[TestServer, TestServer]> {
  const bus = openLocalBus();
  const runtime = createVirtualRuntime();
  const one = await testServer({ db, bus, runtime });
  const two = await testServer({ db, bus: isConnected ? bus : openLocalBus(), runtime });
  return [one, two];
}

const say = (who: TestClient, room: string, clientId: string) =>
  who.request('message.send', { room, clientId, body: { text: clientId } });

async function everything(who: TestClient, room: string): Promise<{ seq: number; clientId: string }[]> {
  const { entries } = await who.request('history.page', { room, limit: sizes.page, show: 'everything' });
  return entries.map(({ seq, clientId }) => ({ seq, clientId }));
}

describe('two nodes over one database', () => {
  it('number what both of them append as one log, and lose nothing', async () => {
    for (const isConnected of [true, false]) {
      const [one, two] = await nodes(openSqliteInMemory(), isConnected);
      const ada = await one.account('ada');
      const bob = await two.account('bob');
      const room = await ada.createRoom('ops');
      await bob.request('room.join', { room, clientId: 'j' });
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, i) => [say(ada, room, `a${i}`), say(bob, room, `b${i}`)]).flat(),
      );
      const seqs = outcomes.map((outcome) => (outcome.outcome === 'entry' ? outcome.seq : 0));
      assert.equal(new Set(seqs).size, 40);
      // Without a bus a node learns what another did when it writes itself.
      await say(ada, room, 'end');
      const log = await everything(ada, room);
      assert.deepEqual(
        log.map(({ seq }) => seq),
        Array.from({ length: 43 }, (_, i) => i + 1),
      );
      if (isConnected) assert.deepEqual(await everything(bob, room), log);
      for (const who of ['a', 'b']) {
        const own = log.flatMap(({ clientId }) => (new RegExp(`^${who}\\d`).test(clientId) ? [clientId] : []));
        assert.deepEqual(
          own,
          Array.from({ length: 20 }, (_, i) => `${who}${i}`),
          'in the order of its author',
        );
      }
      await one.close();
      await two.close();
    }
  });

  it('tell each other’s people what happens', async () => {
    const [one, two] = await nodes(openSqliteInMemory(), true);
    const ada = await one.account('ada');
    const bob = await two.account('bob');
    const phone = await two.resume(ada.token);
    const room = await ada.createRoom('ops');
    assert.equal((await phone.next('room.added')).sync.room.id, room);
    await bob.request('room.join', { room, clientId: 'j' });
    assert.equal((await ada.next('entry.appended', ({ kind }) => kind === 'member')).name, 'bob');
    await say(bob, room, 'm1');
    assert.equal((await ada.next('entry.appended', ({ kind }) => kind === 'message')).clientId, 'm1');
    await say(ada, room, 'm2');
    assert.equal((await bob.next('entry.appended', ({ clientId }) => clientId === 'm2')).seq, 4);
    const { rooms } = await bob.request('sync.start', { rooms: { [room]: { term: 1, seq: 3 } } });
    assert.deepEqual(
      rooms[0]?.entries.map(({ clientId }) => clientId),
      ['m2'],
    );
    await ada.request('member.kick', { room, user: bob.user, clientId: 'k' });
    assert.equal((await bob.next('room.removed')).how, 'kicked');
    await assert.rejects(say(bob, room, 'm3'), { code: 'not-a-member' });
    await ada.request('session.signOut', {});
    assert.equal((await phone.next('session.ended')).code, 'session-ended');
    await one.close();
    await two.close();
  });

  it('give one name to one room', async () => {
    const [one, two] = await nodes(openSqliteInMemory(), false);
    const ada = await one.account('ada');
    const bob = await two.account('bob');
    const made = await Promise.allSettled([ada.createRoom('ops'), bob.createRoom('ops')]);
    assert.deepEqual(made.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const refused = made.find((each) => each.status === 'rejected');
    assert.equal(refused?.reason.code, 'name-taken');
    assert.equal((await one.db.all('SELECT id FROM room')).length, 1);
    await one.close();
    await two.close();
  });

  it('converge over a file too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-nodes-'));
    const path = join(folder, 'parley.sqlite');
    const [first, second] = [await openSqlite({ path }), await openSqlite({ path })];
    const bus = openLocalBus();
    const one = await testServer({ db: first, bus });
    const two = await testServer({ db: second, bus, runtime: createVirtualRuntime(9) });
    const ada = await one.account('ada');
    const room = await ada.createRoom('ops');
    const twin = await two.resume(ada.token);
    await twin.request('sync.start', { rooms: {} });
    await Promise.all(Array.from({ length: 10 }, (_, i) => [say(ada, room, `a${i}`), say(twin, room, `b${i}`)]).flat());
    const log = await everything(ada, room);
    assert.equal(log.length, 21);
    assert.deepEqual(await everything(twin, room), log);
    await one.close();
    await two.close();
    await rm(folder, { recursive: true });
  });
});
