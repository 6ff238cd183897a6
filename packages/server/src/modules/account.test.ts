import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testServer } from '../testing.ts';

describe('a profile', () => {
  it('is told to one’s devices and rooms, and shown with every entry after', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const phone = await server.resume(ada.token);
    const bob = await server.account('bob');
    const eve = await server.account('eve');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: 'j' });
    eve.events.length = 0;
    await ada.request('account.setProfile', { display: 'Ada Lovelace' });
    assert.equal((await phone.next('account.changed')).person.display, 'Ada Lovelace');
    assert.equal((await bob.next('user.changed')).person.display, 'Ada Lovelace');
    assert.deepEqual(eve.events, []);
    await phone.request('message.send', { room, clientId: 'm', body: { text: 'x' } });
    const entry = await bob.next('entry.appended', ({ kind }) => kind === 'message');
    assert.deepEqual([entry.name, entry.display], ['ada', 'Ada Lovelace']);
    const { people } = await bob.request('user.get', { users: [ada.user, `${'a'.repeat(16)}.${'a'.repeat(52)}`] });
    assert.deepEqual(people, [{ id: ada.user, name: 'ada', display: 'Ada Lovelace', kind: 'person' }]);
    assert.deepEqual((await bob.request('user.find', { prefix: 'AD' })).people[0]?.display, 'Ada Lovelace');
    assert.deepEqual((await bob.request('user.find', { prefix: '%' })).people, []);
  });
});
