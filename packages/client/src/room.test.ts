import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { limits, Refusal, type RoomSync } from '@parley/protocol';
import fc from 'fast-check';
import type { MessageRow } from './api.ts';
import { typingMs } from './limits.ts';
import { mentioned } from './mention.ts';
import { People } from './people.ts';
import { memoryStore } from './store-memory.ts';
import { calm, meanwhile, rowsOf, setting } from './testing/setting.ts';

const texts = (entries: { body: unknown }[]) => entries.map(({ body }) => (body as { text: string }).text);

test('messages come from where one asks, history first, then live, and survive reconnection', async () => {
  const all = setting(drain);
  for (let i = 1; i <= 250; i++) all.server.says('ops', 'bob', `${i}`);
  const ada = await all.ada();
  const stop = new AbortController();
  const seen: { body: unknown }[] = [];
  const fresh: { body: unknown }[] = [];
  const reading = Promise.all([
    (async () => {
      for await (const entry of ada.room('ops')!.messages({ since: 3, signal: stop.signal })) seen.push(entry);
    })(),
    (async () => {
      for await (const entry of ada.room('ops')!.messages({ signal: stop.signal })) fresh.push(entry);
    })(),
  ]);
  await all.runtime.pass(1_000);
  all.server.drop();
  await all.runtime.settle();
  all.server.says('ops', 'bob', 'while away');
  await all.runtime.pass(5_000);
  all.server.acts('ops', 'bob', { kind: 'react', clientId: 'r', target: all.room.log[0]!, body: { emoji: '👍' } });
  all.server.says('ops', 'bob', 'live');
  await all.runtime.pass(1_000);
  stop.abort();
  await meanwhile(reading, all.runtime);
  assert.deepEqual(texts(seen), [...Array.from({ length: 247 }, (_, i) => `${i + 4}`), 'while away', 'live']);
  assert.deepEqual(texts(fresh), ['while away', 'live']);
  await ada.close();
});

test('entries have no gap and no repeat, however slow the reader and however often the connection breaks', async () => {
  const step = fc.constantFrom('say', 'say', 'lose', 'read', 'read', 'read-many', 'drop', 'settle', 'hide');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.constantFrom(2, 200), async (steps, tail) => {
      const all = setting(drain, { tail, seed: steps.length });
      for (let i = 0; i < 5; i++) all.server.says('ops', 'bob', 'old');
      const ada = await all.ada();
      const stop = new AbortController();
      const seen: number[] = [];
      let asked = 0;
      const wanted: (() => void)[] = [];
      const reading = (async () => {
        for await (const { seq } of ada.room('ops')!.entries({ since: 2, signal: stop.signal })) {
          seen.push(seq);
          if (asked > 0) asked -= 1;
          else await new Promise<void>((resolve) => wanted.push(resolve));
        }
      })();
      for (const one of steps) {
        if (one === 'say') all.server.says('ops', 'bob', 'x');
        else if (one === 'lose')
          all.server.acts('ops', 'bob', { kind: 'message', clientId: `l${all.room.head}`, body: { text: 'x' } }, true);
        else if (one === 'hide') all.room.hidden.add(all.room.head + 1) && all.server.says('ops', 'bob', 'x');
        else if (one === 'drop') all.server.drop();
        else if (one === 'settle') await all.runtime.settle();
        else {
          asked += one === 'read' ? 0 : 5;
          wanted.shift()?.();
          await all.runtime.settle();
        }
      }
      await calm(ada, all.runtime);
      all.server.says('ops', 'bob', 'end');
      asked = Number.POSITIVE_INFINITY;
      wanted.shift()?.();
      await all.runtime.pass(10_000);
      await calm(ada, all.runtime);
      stop.abort();
      await meanwhile(reading, all.runtime);
      const expected = all.room.log.map(({ seq }) => seq).filter((seq) => seq > 2 && !all.room.hidden.has(seq));
      assert.deepEqual(seen, expected);
      await ada.close();
    }),
    { numRuns: 200 },
  );
});

test('reading ends with a refusal where one may no longer read, and with the client', async () => {
  const all = setting(drain);
  all.server.says('ops', 'bob', 'x');
  const ada = await all.ada();
  all.server.before = (name) => {
    if (name === 'history.page') throw new Refusal('not-a-member');
  };
  const reading = ada.room('ops')!.messages({ since: 0 })[Symbol.asyncIterator]().next();
  await assert.rejects(reading, (error) => error instanceof Refusal && error.code === 'not-a-member');
  const waiting = ada.room('ops')!.messages()[Symbol.asyncIterator]().next();
  await all.runtime.settle();
  await ada.close();
  assert.equal((await waiting).done, true);
});

test('typing is said at most every 3 s and ends after 5 s of silence, or with the message', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const room = ada.room('ops')!;
  const said = () =>
    all.server.requests
      .filter(({ request }) => request === 'typing.set')
      .map(({ payload }) => (payload as { typing: boolean }).typing);
  for (let i = 0; i < 8; i++) {
    room.setTyping(true);
    await all.runtime.pass(1_000);
  }
  assert.deepEqual(said(), [true, true, true]);
  await all.runtime.pass(typingMs.idle);
  assert.deepEqual(said(), [true, true, true, false]);
  room.setTyping(false);
  room.setTyping(true);
  await room.send('done');
  await all.runtime.pass(20_000);
  assert.deepEqual(said(), [true, true, true, false, true]);
  await ada.close();
});

test('shows who types until they stop, speak, are silent or the connection breaks, but never oneself', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const { typing } = ada.room('ops')!;
  const types = (name: string, isTyping = true) => {
    const { user } = all.server.account(name);
    all.server.tellAll('ada', {
      event: 'typing.changed',
      payload: { room: all.room.id, user, name, typing: isTyping, expiresMs: 6_000 },
    });
    return all.runtime.settle();
  };
  const names = () => typing.get().map(({ name }) => name);
  await types('ada');
  await types('bob');
  const before = typing.get();
  await types('bob');
  assert.equal(typing.get(), before);
  assert.deepEqual(names(), ['bob']);
  all.server.says('ops', 'bob', 'said');
  await all.runtime.settle();
  assert.deepEqual(names(), []);
  await types('bob');
  await types('bob', false);
  assert.deepEqual(names(), []);
  await types('bob');
  await all.runtime.pass(6_000);
  assert.deepEqual(names(), []);
  await types('bob');
  all.server.drop();
  await all.runtime.settle();
  assert.deepEqual(names(), []);
  await ada.close();
});

test('presence is asked for when it is first looked at, and again on each connection', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const asked = () => all.server.requests.filter(({ request }) => request === 'presence.list').length;
  await all.runtime.settle();
  assert.equal(asked(), 0);
  const { presence } = ada.room('ops')!;
  presence.get();
  await all.runtime.settle();
  const bob = all.server.account('bob').user;
  assert.equal(presence.get().get(bob), 'online');
  const payload = { room: all.room.id, user: bob, name: 'bob', status: 'offline', devices: 0 } as const;
  all.server.tellAll('ada', { event: 'presence.changed', payload });
  await all.runtime.settle();
  assert.equal(presence.get().get(bob), undefined);
  all.server.drop();
  await calm(ada, all.runtime);
  await all.runtime.settle();
  assert.equal(presence.get().get(bob), 'online');
  assert.equal(asked(), 2);
  ada.setPresence('away');
  await all.runtime.settle();
  assert.deepEqual(all.server.requests.at(-1)?.payload, { status: 'away' });
  await ada.close();
});

test('how far others have read is asked for when somebody looks, and follows what is told and what they say', async () => {
  const all = setting(drain);
  for (let i = 1; i <= 5; i++) all.server.says('ops', 'bob', `${i}`);
  const ada = await all.ada();
  const asked = () => all.server.requests.filter(({ request }) => request === 'receipt.list').length;
  const bob = all.server.account('bob').user;
  const me = ada.me.get()!.user;
  all.server.readers = [
    { user: bob, name: 'bob', seq: 1 },
    { user: me, name: 'ada', seq: 2 },
  ];
  const tell = async (...readers: { user: string; name: string; seq: number }[]) => {
    all.server.tellAll('ada', { event: 'receipt.changed', payload: { room: all.room.id, readers } });
    await all.runtime.settle();
  };
  await tell({ user: bob, name: 'bob', seq: 9 });
  assert.equal(asked(), 0);
  const { receipts } = ada.room('ops')!;
  const seqs = () => [...receipts.get().values()].map(({ name, seq }) => `${name} ${seq}`);
  receipts.get();
  await all.runtime.settle();
  assert.deepEqual(seqs(), ['bob 1']);
  const before = receipts.get();
  assert.equal(receipts.get(), before);
  await tell({ user: bob, name: 'bob', seq: 2 }, { user: me, name: 'ada', seq: 2 });
  assert.deepEqual(seqs(), ['bob 2']);
  const { seq } = all.server.says('ops', 'bob', 'said');
  await all.runtime.settle();
  assert.deepEqual(seqs(), [`bob ${seq}`]);
  await tell({ user: bob, name: 'bob', seq: 0 });
  assert.deepEqual(seqs(), []);
  all.server.says('ops', 'bob', 'and hides it');
  await all.runtime.settle();
  assert.deepEqual(seqs(), []);
  all.server.drop();
  await calm(ada, all.runtime);
  await all.runtime.settle();
  assert.deepEqual([seqs(), asked()], [['bob 1'], 2]);
  const letters = 'abcdefghijklmno';
  const many = [...letters].flatMap((one) => [...letters].map((other) => bob.replace(/^../, one + other)));
  const more = many.slice(0, limits.receiptMembers + 5).map((user) => ({ user, name: 'x', seq: 1 }));
  await tell(...more.slice(0, 60));
  await tell(...more.slice(60));
  assert.equal(receipts.get().size, limits.receiptMembers);
  await ada.close();
});

test('rooms come and go by events, and a joined room misses nothing', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const { user } = ada.me.get()!;
  const side = all.server.room('side', 'bob');
  all.server.tellAll('ada', { event: 'room.invited', payload: { room: side.view(user) } });
  await all.runtime.settle();
  assert.equal(ada.invitations.get().length, 1);
  all.server.replyFirst = true;
  const joining = ada.join('side');
  all.server.before = (name) => {
    if (name === 'room.join') setImmediateSay();
  };
  const setImmediateSay = () => queueMicrotask(() => all.server.says('side', 'bob', 'right behind'));
  const room = await joining;
  await all.runtime.settle();
  assert.equal(ada.invitations.get().length, 0);
  assert.deepEqual(room.timeline().get().rows, rowsOf(side, user));
  assert.equal(await ada.join('#side'), room);
  const stale: RoomSync = { ...side.sync(user, undefined, 200), unread: 99 };
  all.server.says('side', 'bob', 'more');
  all.server.tellAll('ada', { event: 'room.added', payload: { sync: stale } });
  await all.runtime.settle();
  assert.notEqual(room.summary.get().unread, 99);
  all.server.tellAll('ada', { event: 'room.removed', payload: { room: side.id, how: 'kicked' } });
  await all.runtime.settle();
  assert.equal(ada.room('side'), undefined);
  await assert.rejects(ada.join('#nowhere'), (error) => error instanceof Refusal && error.code === 'not-found');
  await ada.close();
});

test('the number of members follows who comes and goes, and is never older than what was told', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const room = ada.room('ops')!;
  const count = () => room.summary.get().view.members;
  const moves = (change: string, members?: number, silently = false) =>
    all.server.acts(
      'ops',
      'bob',
      {
        kind: 'member',
        clientId: `${change}-${all.room.head}`,
        data: { change, subject: all.server.account('eve').user },
        ...(members !== undefined && { members }),
      },
      silently,
    );
  const seen: number[] = [];
  room.summary.subscribe(() => {
    if (seen.at(-1) !== count()) seen.push(count());
  });
  assert.equal(count(), 2);
  moves('join', 3);
  await all.runtime.settle();
  assert.equal(count(), 3);
  const older = { ...all.room.view(ada.me.get()!.user), head: { term: 1, seq: all.room.head - 1 }, members: 2 };
  all.server.tellAll('ada', { event: 'room.changed', payload: { room: { ...older, topic: 'new' } } });
  await all.runtime.settle();
  assert.deepEqual([count(), room.summary.get().view.topic], [3, 'new']);
  const oldest = { ...older, head: { term: 1, seq: older.head.seq - 1 }, topic: 'of old' };
  all.server.tellAll('ada', { event: 'room.changed', payload: { room: oldest } });
  await all.runtime.settle();
  assert.equal(room.summary.get().view.topic, 'new', 'a view from before the present one says nothing new');
  const newer = { ...older, head: { term: 1, seq: all.room.head + 1 }, members: 4 };
  all.server.tellAll('ada', { event: 'room.changed', payload: { room: newer } });
  moves('join', 9);
  await all.runtime.settle();
  assert.equal(count(), 4, 'an entry that the view has seen says nothing new');
  moves('ban', 5);
  moves('invite', 5);
  await all.runtime.settle();
  assert.equal(count(), 5);
  all.server.drop();
  for (const name of ['eve', 'dan', 'cleo']) all.room.members.add(all.server.account(name).user);
  await all.runtime.pass(5_000);
  assert.equal(count(), 5, 'a sync says it anew');
  assert.deepEqual(seen, [3, 4, 5]);
});

test('the number of members is asked for where entries do not say it', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const count = () => ada.room('ops')!.summary.get().view.members;
  const { user } = all.server.account('eve');
  all.server.acts('ops', 'bob', { kind: 'member', clientId: 'j', data: { change: 'join', subject: user } }, true);
  all.room.members.add(user);
  all.server.says('ops', 'bob', 'after a gap');
  await all.runtime.pass(1_000);
  assert.equal(count(), 3);
});

test('a new name shows on what was said before', async () => {
  const all = setting(drain);
  all.server.says('ops', 'bob', 'x');
  const store = memoryStore();
  const ada = await all.ada(store);
  const timeline = ada.room('ops')!.timeline();
  const person = { id: all.server.account('bob').user, name: 'bob', display: 'Robert', kind: 'person' } as const;
  all.server.tellAll('ada', { event: 'user.changed', payload: { person } });
  await all.runtime.settle();
  assert.equal((timeline.get().rows[0] as MessageRow).display, 'Robert');
  assert.deepEqual(ada.peopleNamed('BOB'), [person]);
  await ada.close();
});

test('a message means the people it names, and no one where the name is not clear', () => {
  const people = new People();
  const person = (id: string, name: string, server?: string) => ({
    id,
    name,
    kind: 'person' as const,
    ...(server && { server }),
  });
  for (const one of [person('1', 'ada'), person('2', 'bob'), person('3', 'eve'), person('4', 'Eve', 'b.org')])
    people.see(one);
  for (const one of [person('5', 'kim', 'b.org'), person('6.far', 'kim', 'c')]) people.see(one);
  const servers = { idOf: (label: string) => (label === 'c.org' ? 'far' : undefined) };
  const meant = (text: string) => mentioned(text, people, servers);
  assert.deepEqual(meant('@ada, (@bob) and @ada again'), ['1', '2']);
  assert.deepEqual(meant('@Bob. @ada: hello @ada:well'), ['2', '1']);
  assert.deepEqual(meant('@eve and @eve:b.org'), ['3', '4']);
  assert.deepEqual(meant('@kim:b.org, @kim:c.org.'), ['5', '6.far']);
  for (const none of ['ada@bob', '@kim', '@kim:d.org', '@nobody', 'x/@ada', '@@ada', 'ada'])
    assert.deepEqual(meant(none), [], none);
});

test('a message that names someone known counts as a mention there', async () => {
  const all = setting(drain);
  all.server.says('ops', 'bob', 'hello');
  const ada = await all.ada();
  await ada.room('ops')!.send('thanks @bob');
  assert.deepEqual((all.room.log[1]!.body as { mentions: string[] }).mentions, [all.server.account('bob').user]);
  await ada.close();
});
