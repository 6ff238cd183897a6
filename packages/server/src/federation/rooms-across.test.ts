import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heard, TestHomes } from './testing-homes.ts';

const say = (text: string) => ({ text });

describe('a room across servers', () => {
  it('is joined from another server, and both hear what is said', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const room = await ada.createRoom('ops');
    await ada.request('message.send', { room, clientId: 'm1', body: say('before') });
    const found = await bob.request('room.resolve', { alias: 'ops', server: 's1.example' });
    assert.equal(found.room.id, room);
    const { sync } = await bob.request('room.join', { room, clientId: 'j', server: 's1.example' });
    assert.equal(sync.room.me.membership, 'member');
    assert.equal(sync.room.server, one.id);
    assert.equal(sync.room.alias, 'ops');
    assert.equal(sync.room.members, 2);
    const reply = await bob.request('message.send', { room, clientId: 'b1', body: say('from two') });
    assert.equal(reply.outcome, 'queued');
    await ada.request('message.send', { room, clientId: 'a1', body: say('from one') });
    await homes.settled();
    assert.deepEqual(heard(ada).slice(-2), heard(bob).slice(-2));
    assert.deepEqual(new Set(heard(bob)), new Set(['from two', 'from one']));
    const [entry] = bob.events.flatMap((event) =>
      event.event === 'entry.appended' && event.payload.clientId === 'a1' ? [event.payload] : [],
    );
    assert.equal(entry?.name, 'ada');
  });

  it('is joined by a second person of a server as by any other, and left', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const cem = await two.server.account('cem');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: 'j', server: 's1.example' });
    const { sync } = await cem.request('room.join', { room, clientId: 'j' });
    assert.equal(sync.room.members, 3);
    await cem.request('message.send', { room, clientId: 'c1', body: say('hello') });
    await homes.settled();
    assert.deepEqual(heard(ada), ['hello']);
    await cem.request('room.leave', { room, clientId: 'l1' });
    await bob.request('room.leave', { room, clientId: 'l1' });
    await homes.settled();
    await ada.request('message.send', { room, clientId: 'a1', body: say('alone') });
    await homes.settled();
    assert.deepEqual(heard(bob), ['hello']);
    assert.equal((await ada.request('room.get', { room })).room.members, 1);
    const again = await bob.request('room.join', { room, clientId: 'j2', server: one.id });
    assert.equal(again.sync.room.members, 2);
    await ada.request('message.send', { room, clientId: 'a2', body: say('back') });
    await homes.settled();
    assert.deepEqual(heard(bob), ['hello', 'back']);
  });

  it('is read back to its beginning by who joins later, as far as its history is open', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const room = await ada.createRoom('ops');
    for (let i = 1; i <= 300; i++)
      await ada.request('message.send', { room, clientId: `m${i}`, body: say(`line ${i}`) });
    const { sync } = await bob.request('room.join', { room, clientId: 'j', server: one.id });
    assert.deepEqual(
      sync.entries.map(({ seq }) => seq),
      Array.from({ length: 30 }, (_, i) => 273 + i),
    );
    let before = sync.entries[0]!.seq;
    const seen: number[] = [];
    for (;;) {
      const page = await bob.request('history.page', { room, before, limit: 100, show: 'everything' });
      seen.unshift(...page.entries.map(({ seq }) => seq));
      if (!page.before) break;
      before = page.from;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 272 }, (_, i) => i + 1),
    );
  });

  it('shows nothing of before to people and servers that come later, where its history is for those who were there', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const created = { alias: 'ops', clientId: 'c', history: 'since-join' } as const;
    const room = (await ada.request('room.create', created)).sync.room.id;
    await ada.request('message.send', { room, clientId: 'm1', body: say('a secret') });
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await ada.request('message.send', { room, clientId: 'm2', body: say('for both') });
    await homes.settled();
    const page = await bob.request('history.page', { room, limit: 100, show: 'everything' });
    assert.deepEqual(
      page.entries.map(({ kind }) => kind),
      ['member', 'message'],
    );
    assert.ok(!Buffer.from(two.db.image()).includes('a secret'));
    assert.ok(Buffer.from(two.db.image()).includes('for both'));
  });

  it('that is private is entered by invitation, also by who was away when they were invited', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const cem = await two.server.account('cem');
    for (const client of [bob, cem]) await client.request('sync.start', { rooms: {} });
    const created = { alias: 'ops', clientId: 'c', joinRule: 'invite' } as const;
    const room = (await ada.request('room.create', created)).sync.room.id;
    const { people } = await ada
      .request('user.find', { prefix: '', server: 's2.example' })
      .catch(() => ({ people: [] }));
    const found =
      people.length > 0 ? people : (await ada.request('user.find', { prefix: 'b', server: 's2.example' })).people;
    assert.ok(found.some(({ id, server }) => id === bob.user && server !== undefined));
    await ada.request('user.find', { prefix: 'cem', server: two.id });
    await assert.rejects(
      bob.request('room.join', { room, clientId: 'j', server: one.id }),
      /not-found|no such|unknown/i,
    );
    await ada.request('member.invite', { room, user: bob.user, clientId: 'i1' });
    await homes.settled();
    const told = await bob.next('room.invited');
    assert.deepEqual([told.room.id, told.room.me.invitedBy], [room, ada.user]);
    const { sync } = await bob.request('room.join', { room, clientId: 'j' });
    assert.equal(sync.room.me.membership, 'member');

    const other = (await ada.request('room.create', { alias: 'other', clientId: 'c2', joinRule: 'invite' })).sync.room
      .id;
    homes.cut.add('s1>s2').add('s2>s1');
    await homes.advance(60_000, 5_000);
    await ada.request('member.invite', { room: other, user: cem.user, clientId: 'i2' });
    await homes.settled();
    assert.deepEqual((await cem.request('sync.start', { rooms: {} })).invitations, []);
    homes.cut.clear();
    await homes.advance(400_000, 5_000);
    const [waiting] = (await cem.request('sync.start', { rooms: {} })).invitations;
    assert.equal(waiting?.id, other);
    await cem.request('room.leave', { room: other, clientId: 'no' });
    assert.deepEqual((await cem.request('sync.start', { rooms: {} })).invitations, []);
    await homes.settled();
    await assert.rejects(ada.request('member.revoke', { room: other, user: cem.user, clientId: 'r' }));
  });

  it('shows who types and who is here on every server', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    await ada.request('sync.start', { rooms: {} });
    const room = await ada.createRoom('ops');
    await bob.request('sync.start', { rooms: {} });
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await homes.settled();
    const present = async (who: typeof ada): Promise<string[]> =>
      (await who.request('presence.list', { room })).present
        .map(({ user, status }) => `${user === bob.user ? 'bob' : 'ada'} ${status}`)
        .sort();
    // They were online before they met.
    assert.deepEqual(await present(ada), ['ada online', 'bob online']);
    assert.deepEqual(await present(bob), ['ada online', 'bob online']);
    const came = await ada.next('presence.changed');
    assert.deepEqual([came.user, came.status], [bob.user, 'online']);
    await bob.request('typing.set', { room, typing: true });
    await homes.settled();
    const typing = await ada.next('typing.changed');
    assert.deepEqual([typing.user, typing.name], [bob.user, 'bob']);
    await bob.request('presence.set', { status: 'away' });
    await homes.settled();
    assert.deepEqual(await present(ada), ['ada online', 'bob away']);
    bob.link.close('going-away');
    await homes.settled();
    assert.deepEqual(await present(ada), ['ada online']);
    await assert.rejects(ada.request('member.mute', { room, user: 'nobody', clientId: 'm' }));
  });

  it('that keeps nothing is heard on every server by those who are there, and is on no disk', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const created = { alias: 'ops', clientId: 'c', retentionDays: 0 } as const;
    const room = (await ada.request('room.create', created)).sync.room.id;
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await ada.request('message.send', { room, clientId: 'a1', body: say('off the record') });
    await bob.request('message.send', { room, clientId: 'b1', body: say('neither is this') });
    await homes.settled();
    for (const client of [ada, bob]) assert.deepEqual(heard(client), ['off the record', 'neither is this']);
    for (const { db } of [one, two])
      for (const text of ['off the record', 'neither is this']) assert.ok(!Buffer.from(db.image()).includes(text));
  });
});
