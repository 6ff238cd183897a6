import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestHomes } from '../federation/testing-homes.ts';

describe('names of servers', () => {
  it('are told to everybody, with whether the server can be reached', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const guest = await two.server.guest('gil');
    const stranger = 'a'.repeat(52);
    const get = () => guest.request('server.get', { servers: [one.id, two.id, stranger, one.id] });
    const unknown = { id: stranger, verified: false, isLinked: false };
    assert.deepEqual(await get(), {
      servers: [{ id: one.id, name: 's1.example', verified: false, isLinked: true }, unknown],
    });
    await one.stop();
    await homes.settled();
    assert.deepEqual(await get(), {
      servers: [{ id: one.id, name: 's1.example', verified: false, isLinked: false }, unknown],
    });
  });
});
