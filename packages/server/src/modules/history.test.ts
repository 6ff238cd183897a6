import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits, type Payload } from '@parley/protocol';
import { type TestClient, testServer } from '../testing.ts';

type Query = Omit<Payload<'history.page'>, 'room' | 'limit' | 'show'>;
const say = (who: TestClient, room: string, clientId: string, text = clientId) =>
  who.request('message.send', { room, clientId, body: { text } });
async function page(who: TestClient, room: string, query: Query, limit = 3, show: 'rows' | 'everything' = 'rows') {
  const { entries, from, to, before, after } = await who.request('history.page', { room, ...query, limit, show });
  return { seqs: entries.map(({ seq }) => seq), from, to, before, after, entries };
}
const brief = ({ seqs, from, to, before, after }: Awaited<ReturnType<typeof page>>) =>
  `${seqs.join()} of ${from}-${to}${before ? ' <' : ''}${after ? ' >' : ''}`;

describe('a page of history', () => {
  it('is read from either end, around a place and by date, with or without what has no row', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('ops');
    const start = server.runtime.now();
    for (let i = 2; i <= 9; i++) {
      await server.advance(1_000);
      await say(ada, room, `m${i}`);
    }
    await ada.request('message.react', { room, clientId: 'r', target: { user: ada.user, clientId: 'm5' }, emoji: 'x' });
    const read = async (query: Query, limit = 3) => brief(await page(ada, room, query, limit));
    assert.equal(await read({}), '7,8,9 of 7-10 <');
    assert.equal(await read({ before: 7 }), '4,5,6 of 4-6 < >');
    assert.equal(await read({ before: 4 }), '1,2,3 of 1-3 >');
    assert.equal(await read({ before: 1 }), ' of 1-0 >');
    assert.equal(await read({ after: 0 }), '1,2,3 of 1-3 >');
    assert.equal(await read({ after: 7 }), '8,9 of 8-10 <');
    assert.equal(await read({ after: 10 }), ' of 11-10 <');
    assert.equal(await read({ around: 5 }, 4), '3,4,5,6 of 3-6 < >');
    assert.equal(await read({ around: 99 }, 4), '6,7,8,9 of 6-10 <');
    assert.equal(await read({ at: start + 4_000 }, 4), '3,4,5,6 of 3-6 < >');
    assert.equal(await read({ at: 0 }, 4), '1,2,3,4 of 1-4 >');
    assert.equal(await read({ at: start + 99_000 }, 2), '8,9 of 8-10 <');
    assert.equal(brief(await page(ada, room, {}, 2, 'everything')), '9,10 of 9-10 <');
    await assert.rejects(page(ada, room, { before: 5, after: 2 }), { code: 'bad-request' });
  });

  it('of a member since their joining begins there, and has no words of the time between', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const { sync } = await ada.request('room.create', { alias: 'ops', history: 'since-join', clientId: 'c' });
    const room = sync.room.id;
    await say(ada, room, 'm2', 'before');
    await bob.request('room.join', { room, clientId: 'j1' });
    await say(ada, room, 'm4', 'heard');
    await bob.request('room.leave', { room, clientId: 'l1' });
    const target = { user: ada.user, clientId: 'm4' };
    await ada.request('message.edit', { room, clientId: 'e6', target, body: { text: 'edited while away' } });
    await ada.request('message.react', { room, clientId: 'r7', target, emoji: '👋' });
    await say(ada, room, 'm8', 'while away');
    await bob.request('room.join', { room, clientId: 'j2' });
    await say(ada, room, 'm10', 'back');
    const all = await page(bob, room, {}, 50, 'everything');
    assert.deepEqual(all.seqs, [3, 4, 5, 9, 10]);
    assert.equal(brief(await page(bob, room, { before: 9 }, 2)), '4,5 of 4-8 < >');
    assert.equal(brief(await page(bob, room, { around: 7 }, 2)), '5,9 of 5-9 < >');
    const rows = await page(bob, room, {}, 50);
    assert.equal(JSON.stringify([all, rows]).includes('away'), false);
    const heard = rows.entries.find(({ seq }) => seq === 4);
    assert.deepEqual([heard?.edited, heard?.reactions], [undefined, undefined]);
    await assert.rejects(bob.request('history.edits', { room, seq: 2 }), { code: 'not-found' });
    const { entries } = await bob.request('history.edits', { room, seq: 4 });
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      [4],
    );
    const seen = await ada.request('history.edits', { room, seq: 4 });
    assert.deepEqual(
      seen.entries.map(({ seq }) => seq),
      [4, 6],
    );
    await assert.rejects(ada.request('history.edits', { room, seq: 3 }), { code: 'not-found' });
  });

  it('is for those who may read: nobody in particular, members, everybody', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const eve = await server.account('eve');
    const { sync } = await ada.request('room.create', {
      alias: 'ops',
      joinRule: 'invite',
      history: 'all',
      clientId: 'c',
    });
    const room = sync.room.id;
    await say(ada, room, 'm2', 'among us');
    await assert.rejects(page(eve, room, {}), { code: 'not-found' });
    await ada.request('room.settings', { room, clientId: 's', history: 'world' });
    await say(ada, room, 'm4', 'to the world');
    const open = await page(eve, room, {}, 50, 'everything');
    assert.deepEqual(open.seqs, [3, 4]);
    await ada.request('room.settings', { room, clientId: 's2', history: 'all' });
    await assert.rejects(page(eve, room, {}), { code: 'not-found' });
  });

  it('fits a frame however long the messages are, and says what it left out', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('ops');
    const text = '\u0001'.repeat(limits.messageText);
    for (let i = 2; i <= 31; i++) await say(ada, room, `m${i}`, text);
    const newest = await page(ada, room, {}, 100);
    assert.ok(newest.seqs.length < 30 && newest.seqs.at(-1) === 31 && newest.before && !newest.after);
    assert.equal(newest.from, newest.seqs[0]);
    const seen = new Set(newest.seqs);
    for (let older = newest; older.before; ) {
      older = await page(ada, room, { before: older.from }, 100);
      for (const seq of older.seqs) seen.add(seq);
    }
    assert.equal(seen.size, 31);
    const middle = await page(ada, room, { around: 16 }, 100);
    assert.ok(middle.seqs.includes(16) && middle.before && middle.after);
    for (let i = 2; i <= 31; i++)
      await ada.request('message.pin', { room, clientId: `p${i}`, target: { user: ada.user, clientId: `m${i}` } });
    const pins = await ada.request('history.pins', { room });
    assert.equal(pins.entries[0]?.seq, 31);
    for (let i = 0; i < 12; i++)
      await ada.request('message.edit', {
        room,
        clientId: `e${i}`,
        target: { user: ada.user, clientId: 'm2' },
        body: { text: `${i}${text.slice(2)}` },
      });
    const { entries } = await ada.request('history.edits', { room, seq: 2 });
    assert.match(JSON.stringify(entries.at(-1)?.body), /^\{"text":"11/);
  });

  it('shows a message’s last words and who deleted it', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('ops');
    await say(ada, room, 'm2');
    const target = { user: ada.user, clientId: 'm2' };
    for (let i = 0; i < 120; i++)
      await ada.request('message.edit', { room, clientId: `e${i}`, target, body: { text: `version ${i}` } });
    const [, message] = (await page(ada, room, {}, 9)).entries;
    assert.equal(message?.edited?.body?.text, 'version 119');
    const { entries } = await ada.request('history.edits', { room, seq: 2 });
    assert.deepEqual([entries.length, entries[0]?.seq, entries.at(-1)?.seq], [100, 2, 122]);
    await ada.request('message.redact', { room, clientId: 'd', target, reason: 'typo' });
    const [, gone] = (await page(ada, room, {}, 9)).entries;
    assert.deepEqual(
      [gone?.body, gone?.edited, gone?.redacted?.name, gone?.redacted?.reason],
      [null, undefined, 'ada', 'typo'],
    );
    const rows = await server.db.all<{ bytes: Uint8Array }>('SELECT bytes FROM part');
    assert.equal(
      rows.some(({ bytes }) => Buffer.from(bytes).includes('version')),
      false,
    );
  });
});
