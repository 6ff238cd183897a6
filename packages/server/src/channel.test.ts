import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits as sizes } from '@parley/protocol';
import { createLimits } from './limits.ts';
import { type TestClient, testServer } from './testing.ts';

const lobby = { name: 'lobby' };
const limits = createLimits({ rateFactor: 1, connections: 1, loadedRooms: 1 });

function said({ events }: TestClient): string[] {
  return events.flatMap(({ event, payload }) => (event === 'channel.said' ? [`${payload.by}: ${payload.text}`] : []));
}

let last = 0;
const words = (text: string) => ({ ...lobby, clientId: `c${++last}`, text });

describe('a channel on one server', () => {
  it('is heard by all who listen, the speaker too, and by nobody else', async () => {
    await using server = await testServer();
    const [ada, bob, eve] = [await server.account('ada'), await server.guest('bob'), await server.account('eve')];
    await ada.request('channel.join', lobby);
    const { reach } = await bob.request('channel.join', lobby);
    assert.deepEqual(reach, { here: 2, servers: [] });
    const reply = await ada.request('channel.send', { ...words('hello'), action: true });
    assert.equal(reply.seq, 1);
    const again = await ada.request('channel.send', words('again'));
    assert.deepEqual([again.seq, again.run], [2, reply.run]);
    await bob.request('channel.send', words('hi'));
    assert.deepEqual(said(ada), ['ada: hello', 'ada: again', 'bob: hi']);
    assert.deepEqual(said(bob), said(ada));
    assert.deepEqual(said(eve), []);
    const [first] = ada.events.filter(({ event }) => event === 'channel.said');
    assert.deepEqual(
      [first?.payload].map((payload) => payload && 'clientId' in payload && payload.clientId),
      ['c1'],
    );
  });

  it('can be spoken into by who does not listen', async () => {
    await using server = await testServer();
    const [ada, bob] = [await server.account('ada'), await server.account('bob')];
    await bob.request('channel.join', lobby);
    const { reach } = await ada.request('channel.send', words('psst'));
    assert.equal(reach.here, 1);
    assert.deepEqual(said(bob), ['ada: psst']);
    assert.deepEqual(said(ada), []);
  });

  it('is no longer heard by who left, signed out or is gone', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const others = [await server.account('bob'), await server.account('cyd'), await server.account('dan')];
    for (const each of [ada, ...others]) await each.request('channel.join', lobby);
    const [bob, cyd, dan] = others;
    await bob!.request('channel.leave', lobby);
    await bob!.request('channel.leave', lobby);
    await cyd!.request('session.signOut', {});
    dan!.link.close('done');
    await server.advance(0);
    const { reach } = await ada.request('channel.send', words('who is there?'));
    assert.equal(reach.here, 1);
    for (const each of others) assert.deepEqual(said(each), []);
  });

  it('tells who is heard of: those who listen, and those who spoke', async () => {
    await using server = await testServer();
    const [ada, bob] = [await server.account('ada'), await server.account('bob')];
    assert.deepEqual(await ada.request('channel.list', lobby), { reach: { here: 0, servers: [] }, people: [] });
    await ada.request('channel.join', lobby);
    await bob.request('channel.send', words('only passing'));
    const { people } = await ada.request('channel.list', lobby);
    assert.deepEqual(
      people.map(({ name, here, heardAt }) => [name, here, heardAt !== undefined]),
      [
        ['ada', true, false],
        ['bob', false, true],
      ],
    );
    await ada.request('channel.leave', lobby);
    assert.deepEqual((await ada.request('channel.list', lobby)).people, [], 'nothing is remembered');
  });

  it('tells of another reach once a second at most', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    await ada.request('channel.join', lobby);
    for (const name of ['bob', 'cyd', 'dan']) await (await server.guest(name)).request('channel.join', lobby);
    await server.advance(1_000);
    const told = ada.events.flatMap(({ event, payload }) => (event === 'channel.changed' ? [payload.reach.here] : []));
    assert.deepEqual(told, [4]);
  });

  it('tells of a reach that is as before to who was told of another meanwhile', async () => {
    await using server = await testServer();
    const [ada, bob] = [await server.account('ada'), await server.account('bob')];
    await ada.request('channel.join', lobby);
    await server.advance(1_000);
    ada.events.length = 0;
    await bob.request('channel.join', lobby);
    const { reach } = await ada.request('channel.send', words('two of us'));
    assert.equal(reach.here, 2);
    await bob.request('channel.leave', lobby);
    await server.advance(1_000);
    assert.equal((await ada.next('channel.changed')).reach.here, 1);
  });

  it('refuses more channels than one may listen to, and more words than anybody reads', async () => {
    await using server = await testServer({ rateFactor: 1 });
    const guest = await server.guest('bob');
    for (let i = 0; i < limits.channelsPerGuest; i++) await guest.request('channel.join', { name: `room${i}` });
    await assert.rejects(guest.request('channel.join', lobby), { code: 'too-many' });
    await guest.request('channel.leave', { name: 'room0' });
    await guest.request('channel.join', lobby);
    const tooLong = 'x'.repeat(sizes.channelText + 1);
    await assert.rejects(guest.request('channel.send', words(tooLong)), { code: 'bad-request' });
    const people = await Promise.all(['ada', 'cyd', 'dan', 'eve'].map((name) => server.account(name)));
    let refused = 0;
    for (const ada of people)
      for (let i = 0; i < 60; i++)
        await ada.request('channel.send', words('spam')).catch(({ code }) => (refused += Number(code === 'too-fast')));
    assert.equal(refused, 4 * 60 - 10 * limits.channelWordsPerSecond);
    await server.advance(1_000);
    await people[0]!.request('channel.send', words('later'));
  });
});
