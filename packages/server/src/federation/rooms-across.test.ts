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
});
