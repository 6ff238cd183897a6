import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heard, TestHomes } from './testing-homes.ts';

describe('a room that keeps a server out', () => {
  it("a denied server's sends and signals are both refused", async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    await ada.request('sync.start', { rooms: {} });
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await homes.settled();
    // What is under way while the rule comes into force is refused too.
    homes.cut.add('s1>s2').add('s2>s1');
    await homes.advance(60_000, 5_000);
    await bob.request('message.send', { room, clientId: 'late', body: { text: 'late' } });
    await ada.request('room.settings', { room, clientId: 'deny', servers: { deny: [two.id] } });
    await homes.settled();
    assert.equal((await ada.request('room.get', { room })).room.members, 1);
    assert.deepEqual((await ada.request('room.get', { room })).room.servers, { deny: [two.id] });
    ada.events.length = 0;
    await bob.request('typing.set', { room, typing: true });
    homes.cut.clear();
    await homes.advance(400_000, 5_000);
    await bob.request('typing.set', { room, typing: true }).catch(() => {});
    await homes.settled();
    assert.deepEqual(
      ada.events.filter(({ event }) => event === 'typing.changed' || event === 'presence.changed'),
      [],
    );
    assert.deepEqual(heard(ada), []);
    const [refused] = bob.events.flatMap(({ event, payload }) => (event === 'outcome.decided' ? [payload] : []));
    assert.deepEqual([refused?.clientId, refused?.outcome], ['late', { outcome: 'refused', code: 'banned' }]);
    await assert.rejects(bob.request('message.send', { room, clientId: 'again', body: { text: 'again' } }));
    await ada.request('message.send', { room, clientId: 'a1', body: { text: 'among ourselves' } });
    await homes.settled();
    assert.ok(!Buffer.from(two.db.image()).includes('among ourselves'));
    for (const asked of [
      bob.request('room.join', { room, clientId: 'j2', server: one.id }),
      bob.request('room.resolve', { alias: 'ops', server: one.id }),
      ada.request('member.invite', { room, user: bob.user, clientId: 'i' }),
    ])
      await assert.rejects(asked);

    await ada.request('room.settings', { room, clientId: 'allow', servers: { deny: [] } });
    const { sync } = await bob.request('room.join', { room, clientId: 'j3', server: one.id });
    assert.equal(sync.room.me.membership, 'member');
    await bob.request('message.send', { room, clientId: 'b2', body: { text: 'back' } });
    await homes.settled();
    assert.deepEqual(heard(ada), ['among ourselves', 'back']);
  });

  it('is told so by somebody of another server, whose own people it may not keep out', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const three = await homes.home(3, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const eve = await three.server.account('eve');
    const room = await ada.createRoom('ops');
    for (const who of [bob, eve]) await who.request('room.join', { room, clientId: 'j', server: one.id });
    await ada.request('member.setRole', { room, user: bob.user, role: 'admin', clientId: 'r' });
    await homes.settled();
    await assert.rejects(bob.request('room.settings', { room, clientId: 's1', servers: { deny: [two.id] } }));
    await assert.rejects(bob.request('room.settings', { room, clientId: 's2', servers: { deny: [one.id] } }));
    await bob.request('room.settings', { room, clientId: 's3', servers: { deny: [three.id] } });
    await homes.settled();
    assert.equal((await ada.request('room.get', { room })).room.members, 2);
    await assert.rejects(eve.request('message.send', { room, clientId: 'e', body: { text: 'x' } }));
  });
});
