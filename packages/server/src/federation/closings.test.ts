import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeHeader, encodeAct, nothingYet, stateOfCreate } from '@parley/room';
import { createCrypto } from '../crypto.ts';
import { identityFromSeed } from '../identity.ts';
import type { OutboxRow } from '../store/entry-outbox.ts';
import { closing, divide, readClosing } from './closings.ts';
import { heard, TestHomes } from './testing-homes.ts';

const say = (text: string) => ({ text });
const none = new Uint8Array();
const user = `${'b'.repeat(16)}.${'a'.repeat(52)}`;

function row(incarnation: number, oseq: number, change?: string): OutboxRow {
  const kind = change ? 'member' : 'message';
  const data = change ? { data: { change, subject: user } } : {};
  const act = encodeAct({ room: 'a'.repeat(52), user, device: '', clientId: 'c', kind, parts: [], ...data });
  const about = { person: 1, clientId: `${incarnation}/${oseq}`, kind, at: 0 };
  return { incarnation, oseq, hash: none, stamp: none, act, parts: [], ...about };
}
const names = (rows: readonly OutboxRow[]): string[] => rows.map(({ clientId }) => clientId);

describe('a closing refusal', () => {
  it('settles what waits above its place, up to the next way in', () => {
    const waiting = [row(1, 3), row(1, 4), row(1, 5), row(1, 6, 'leave'), row(1, 7, 'join'), row(1, 8)];
    const highest = { incarnation: 1, oseq: 3, hash: none };
    const { decided, refused, rest } = divide(waiting, { highest });
    assert.deepEqual([names(decided), names(refused), names(rest)], [['1/3'], ['1/4', '1/5', '1/6'], ['1/7', '1/8']]);
    const all = divide(waiting.slice(0, 3), { highest: nothingYet });
    assert.deepEqual([names(all.decided), names(all.refused), names(all.rest)], [[], ['1/3', '1/4', '1/5'], []]);
  });

  it('of a way in settles that and what follows on it', () => {
    const waiting = [row(2, 1, 'join'), row(2, 2), row(2, 3, 'knock')];
    const { decided, refused, rest } = divide(waiting, { highest: { incarnation: 1, oseq: 9, hash: none } });
    assert.deepEqual([names(decided), names(refused), names(rest)], [[], ['2/1', '2/2'], ['2/3']]);
  });

  it('counts with the signature of the room’s clerk alone', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const ada = await one.server.account('ada');
    await ada.createRoom('ops');
    const [create] = await one.db.all<{ header: Uint8Array }>('SELECT header FROM entry WHERE seq = 1', []);
    const [clerk, other] = [1, 2].map((seed) => createCrypto(identityFromSeed(new Uint8Array(32).fill(seed))));
    const state = stateOfCreate(clerk!, decodeHeader(create!.header), create!.header);
    const origin = identityFromSeed(new Uint8Array(32).fill(2)).id;
    const said = closing(clerk!, state, origin, 'not-a-member');
    assert.equal(readClosing(clerk!, state, origin, said)?.code, 'not-a-member');
    for (const wrong of [
      closing(other!, state, origin, 'not-a-member'),
      { ...said, code: 'banned' },
      { ...said, cursor: { incarnation: 0, oseq: 1, hash: new Uint8Array(32) } },
      { cursor: null, state: said.state, outcomes: [], code: 'not-a-member' },
    ])
      assert.equal(readClosing(clerk!, state, origin, wrong), undefined);
    assert.equal(readClosing(clerk!, state, one.id, said), undefined);
  });

  it('ends a numbering for good, also when the server crashes right after it', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await bob.request('message.send', { room, clientId: 'b1', body: say('b1') });
    await homes.settled();
    homes.cut.add('s1>s2').add('s2>s1');
    await homes.advance(60_000, 5_000);
    for (const clientId of ['b2', 'b3']) await bob.request('message.send', { room, clientId, body: say(clientId) });
    await ada.request('member.kick', { room, user: bob.user, clientId: 'k' });
    homes.cut.clear();
    await homes.advance(400_000, 5_000);
    const refused = bob.events.flatMap(({ event, payload }) => (event === 'outcome.decided' ? [payload] : []));
    assert.deepEqual(
      refused.map(({ clientId, outcome }) => [clientId, outcome]),
      ['b2', 'b3'].map((clientId) => [clientId, { outcome: 'refused', code: 'not-a-member' }]),
    );
    const waits = 'SELECT incarnation, oseq FROM outbox';
    assert.deepEqual(await two.db.all(waits, []), []);
    const [given] = await two.db.all<{ given_up: number }>('SELECT given_up FROM followed', []);
    assert.equal(given!.given_up, 0);
    await bob.request('room.join', { room, clientId: 'j2', server: one.id });
    await bob.request('message.send', { room, clientId: 'b4', body: say('b4') });
    await homes.settled();
    assert.deepEqual(heard(ada), ['b1', 'b4']);
  });
});
