import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { type Payload, Refusal, type RoomView } from '@parley/protocol';
import fc from 'fast-check';
import { createClient } from '../client.ts';
import { memoryStore } from '../store-memory.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { virtualRuntime } from '../testing/virtual-runtime.ts';
import { complete } from './complete.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { emojiTable } from './emoji.ts';
import { personAmong } from './find.ts';
import { isCommand, parseLine, plainText } from './parse.ts';
import { may, usable } from './permission.ts';
import { commandList, findCommand, usageOf } from './registry.ts';
import { run, runWords } from './run.ts';

async function setting() {
  const runtime = virtualRuntime(drain);
  const server = new FakeServer({ now: () => runtime.now() });
  server.room('ops', 'ada', 'bob', 'bobby');
  const client = createClient({ dial: server.dial, store: memoryStore(), runtime, name: 'test/1', device: 'test' });
  await client.signIn({ name: 'ada', password: 'secret' });
  const room = client.room('ops');
  assert.ok(room);
  const asked = () => {
    const { request, payload } = server.requests.at(-1) ?? { request: '', payload: {} };
    const { clientId, ...rest } = payload as Record<string, unknown>;
    return [request, rest];
  };
  return { runtime, server, client, room, asked };
}

test('durations read as they are written', () => {
  for (const [typed, ms] of [
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
    ['2W', 1_209_600_000],
  ] as const) {
    assert.equal(parseDuration(typed), ms);
    assert.equal(parseDuration(formatDuration(ms)), ms);
  }
  for (const bad of ['', '10', 'm', '1y', '0s', '-1h', '1 h', '999999w'])
    assert.equal(parseDuration(bad), undefined, bad);
});

test('names and aliases are unique, and every command has a sentence and a usage', () => {
  const names = commandList.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.equal(new Set(names).size, names.length);
  for (const command of commandList) {
    assert.match(command.about, /\.$/);
    assert.equal(findCommand(command.name.toUpperCase()), command);
  }
  assert.equal(usageOf(findCommand('mute')!), '/mute PERSON [DURATION] [REASON]');
  assert.equal(usageOf(findCommand('kick')!, 'shell'), 'kick ROOM PERSON [REASON]');
});

test('a line is a command after one slash, and a message after two', () => {
  assert.ok(isCommand('/me waves') && !isCommand('//me') && !isCommand(' /me'));
  assert.equal(plainText('//me'), '/me');
  assert.deepEqual(parseLine('/mute @bob 10m too  loud'), {
    kind: 'command',
    command: findCommand('mute'),
    values: { person: '@bob', duration: '10m', reason: 'too  loud' },
  });
  assert.deepEqual(parseLine('/mute bob because').kind === 'command' && parseLine('/mute bob because'), {
    kind: 'command',
    command: findCommand('mute'),
    values: { person: 'bob', reason: 'because' },
  });
  for (const bad of ['/nothing', '/kick', '/role @bob king', '/leave now', '/pin x', '/'])
    assert.equal(parseLine(bad).kind, 'usage', bad);
});

test('any line is read without an error', () => {
  const words = fc.constantFrom(...commandList.map(({ name }) => name), '@bob', '10m', 'owner', '7', '👍', ' ', '\n');
  fc.assert(
    fc.property(fc.array(words, { maxLength: 6 }), fc.string(), (all, tail) => {
      const line = `/${all.join(' ')}${tail}`;
      assert.ok(['command', 'usage'].includes(parseLine(line).kind));
      const items = complete(line, line.length, { people: [] })?.items ?? [];
      assert.ok(items.length <= 8);
    }),
  );
});

test('commands ask the server for what they say', async () => {
  const { server, client, room, asked } = await setting();
  const bob = server.account('bob').user;
  const about = { room: room.id, user: bob };
  for (const [line, request, payload] of [
    ['/kick @bob be nice', 'member.kick', { ...about, reason: 'be nice' }],
    ['/mute bob 10m', 'member.mute', { ...about, durationMs: 600_000 }],
    ['/ban @bob 1d spam', 'member.ban', { ...about, durationMs: 86_400_000, reason: 'spam' }],
    ['/unmute @bob', 'member.unmute', about],
    ['/role @bob Moderator', 'member.setRole', { ...about, role: 'moderator' }],
    [`/ban ${bob}`, 'member.ban', about],
    ['/topic  all quiet ', 'room.settings', { room: room.id, topic: 'all quiet' }],
    ['/topic', 'room.settings', { room: room.id, topic: '' }],
    ['/me waves', 'message.send', { room: room.id, body: { text: 'waves', action: true } }],
    ['//me', 'message.send', { room: room.id, body: { text: '/me' } }],
    ['hello', 'message.send', { room: room.id, body: { text: 'hello' } }],
  ] as const) {
    assert.deepEqual(await run(client, room, line), { kind: 'done' }, line);
    assert.deepEqual(asked(), [request, payload], line);
  }
  await runWords(client, room, findCommand('kick')!, ['@bob', 'go', 'now']);
  assert.deepEqual(asked(), ['member.kick', { ...about, reason: 'go now' }]);
  await client.close();
});

test('one who is no member is found for a ban and its end, and never guessed', async () => {
  const { server, client, room, asked } = await setting();
  const bob = server.account('bob').user;
  const [one, other] = ['g', 'h'].map((letter) => `${letter.repeat(16)}.${'s'.repeat(51)}a`) as [string, string];
  const gone = (id: string, more = {}) => ({ id, name: 'gone', kind: 'person', ...more });
  const people = [gone(one), { ...gone(other), name: 'gone-too' }];
  server.before = (request) => {
    if (request === 'user.find') return { people };
    return request === 'member.banned'
      ? { banned: [{ person: { ...gone(bob), name: 'bob' }, since: 1, until: null }] }
      : undefined;
  };
  for (const [line, request, user] of [
    ['/ban @Gone', 'member.ban', one],
    ['/ban gone:fake', 'member.ban', one],
    ['/unban gone-too', 'member.unban', other],
    ['/unban bob', 'member.unban', bob],
    ['/kick bob:fake', 'member.kick', bob],
  ] as const) {
    assert.deepEqual(await run(client, room, line), { kind: 'done' }, line);
    assert.deepEqual(asked(), [request, { room: room.id, user }], line);
  }
  const notHere = await run(client, room, '/kick gone');
  assert.ok(notHere.kind === 'refused' && notHere.refusal.code === 'not-found');
  people.splice(0, 2, gone(one, { server: 'b.org' }), gone(other, { server: 'c.org' }));
  const unclear = await run(client, room, '/ban gone');
  assert.ok(unclear.kind === 'usage' && /@gone:b\.org, @gone:c\.org/.test(unclear.text));
  await client.close();
});

test('somebody of another server is asked for there, and what is queued is said to be', async () => {
  const { server, client, room, asked } = await setting();
  const bob = server.account('bob:far.example').user;
  assert.deepEqual(await run(client, room, '/invite @bob:far.example'), { kind: 'done' });
  assert.deepEqual(asked(), ['member.invite', { room: room.id, user: bob }]);
  // Known now by the name, which members' lists do not tell.
  server.room('ops').members.add(bob);
  await run(client, room, '/kick @bob:far.example');
  assert.deepEqual(asked(), ['member.kick', { room: room.id, user: bob }]);
  await run(client, room, `/mute bob:${bob.slice(17, 25)}`);
  assert.deepEqual(asked(), ['member.mute', { room: room.id, user: bob }]);
  await run(client, room, '/kick @bob:fake');
  assert.deepEqual(asked()[1], { room: room.id, user: server.account('bob').user });
  const nobody = await run(client, room, '/invite @bob:nowhere.example');
  assert.ok(nobody.kind === 'refused' && nobody.refusal.code === 'not-found');
  server.before = (request) => (request === 'member.invite' ? { outcome: 'queued' } : undefined);
  assert.deepEqual(await run(client, room, '/invite @bob:far.example'), { kind: 'done', queued: true });
  server.queueing = true;
  assert.deepEqual(await run(client, room, 'hello'), { kind: 'done', queued: true });
  await client.close();
});

test('messages are meant by number, by choice, or as the newest', async () => {
  const { server, client, room, asked } = await setting();
  const target = (seq: number) => ({ user: server.room('ops').log[seq - 1]?.user, clientId: `bob-${seq}` });
  for (let i = 0; i < 3; i++) server.says('ops', 'bob', `m${i}`);
  await run(client, room, '/react :tada: 2');
  assert.deepEqual(asked(), ['message.react', { room: room.id, target: target(2), emoji: '🎉' }]);
  await run(client, room, '/pin');
  assert.deepEqual((asked()[1] as Payload<'message.pin'>).target, target(3));
  const chosen = { user: server.account('bob').user, clientId: 'bob-1' };
  await run(client, room, '/unpin', { target: chosen });
  assert.deepEqual((asked()[1] as Payload<'message.pin'>).target, chosen);
  const missing = await run(client, room, '/pin 99');
  assert.ok(missing.kind === 'refused' && missing.refusal.code === 'unknown-target');
  const unknown = await run(client, room, '/react :nonsense:');
  assert.ok(unknown.kind === 'refused' && unknown.refusal.code === 'not-found');
  await client.close();
});

test('rooms are opened, made and left, and what goes wrong is a value', async () => {
  const { server, client, room } = await setting();
  server.room('lobby');
  const joined = await run(client, undefined, '/join #lobby');
  assert.ok(joined.kind === 'opened' && joined.room.summary.get().view.alias === 'lobby');
  const made = await run(client, undefined, '/create New-Room private');
  assert.ok(made.kind === 'opened' && made.room.summary.get().view.alias === 'new-room');
  assert.deepEqual(await run(client, room, '/leave'), { kind: 'left', room: room.id });
  assert.equal(client.room('ops'), undefined);
  assert.equal((await run(client, undefined, '/leave')).kind, 'usage');
  assert.equal((await run(client, undefined, 'hello')).kind, 'usage');
  const nowhere = await run(client, undefined, '/join #nowhere');
  assert.ok(nowhere.kind === 'refused' && nowhere.refusal.code === 'not-found');
  const nobody = await run(client, joined.room, '/kick @nobody');
  assert.ok(nobody.kind === 'refused' && nobody.refusal.code === 'not-found');
  server.before = () => {
    throw new Refusal('forbidden');
  };
  const refused = await run(client, joined.room, '/topic x');
  assert.ok(refused.kind === 'refused' && refused.refusal.code === 'forbidden');
  const help = await run(client, room, '/help kick');
  assert.ok(help.kind === 'help' && help.command?.name === 'kick');
  await client.close();
});

test('a name means one person, of this server first', () => {
  const here = { id: '1', name: 'ada' };
  const there = { id: '2', name: 'Ada', server: 'b.org' };
  const further = { id: '3', name: 'ada', server: 'c.org' };
  assert.equal(personAmong([there, here], '@ada'), here);
  assert.equal(personAmong([there, here], 'ada:b.org'), there);
  assert.equal(personAmong([there], '@ADA'), there);
  assert.equal(personAmong([here], '@bob'), undefined);
  assert.throws(() => personAmong([there, further], '@ada'), /@Ada:b\.org, @ada:c\.org/);
});

test('completes people, rooms, emoji, commands and roles', () => {
  const people = ['ada', 'adam', 'Tomás'].map((name) => ({ id: name, name, kind: 'person' as const }));
  const first = (text: string, cursor = text.length) => complete(text, cursor, { people })?.items[0]?.insert;
  assert.equal(first('hi @ad'), '@ada ');
  assert.equal(first('@tomas'), '@Tomás ');
  assert.equal(first('/ki'), '/kick ');
  assert.equal(first('/part'), '/leave ');
  assert.equal(first('see :tad'), '🎉 ');
  assert.equal(first('/role @ada mod'), 'moderator ');
  assert.equal(first('/help ki'), 'kick ');
  for (const none of ['mail@ad', 'a /ki', ':t', 'ad', '@zzz']) assert.equal(first(none), undefined, none);
  assert.deepEqual(complete('hi @ad there', 6, { people, limit: 1 }), {
    from: 3,
    to: 6,
    items: [{ kind: 'person', label: '@ada', detail: '', insert: '@ada ', user: 'ada' }],
  });
  const far = { id: 'far', name: 'ada', kind: 'person' as const, server: 'kkkkkkkk' };
  const labelOf = (_: string, told?: string) => told && 'far.example';
  const both = complete('@ada:f', 6, { people: [...people, far], servers: { labelOf } })?.items;
  assert.deepEqual(
    both?.map(({ insert, user }) => [insert, user]),
    [['@ada:far.example ', 'far']],
  );
  const view = { alias: 'ops', title: 'Operations' } as RoomView;
  const server = { id: 'k', label: 'far.example', name: 'far.example', verified: false, reachable: undefined };
  const rooms = [
    { view, server: undefined },
    { view, server },
  ];
  assert.deepEqual(
    complete('#op', 3, { rooms })?.items.map(({ insert }) => insert),
    ['#ops ', '#ops:far.example '],
  );
  assert.ok(emojiTable.every(({ name, emoji }) => name !== '' && emoji !== ''));
});

test('offers what one may do', async () => {
  const { client, room } = await setting();
  const { view } = room.summary.get();
  const names = (as: 'owner' | 'guest', kind: 'person' | 'guest') =>
    usable({ ...view, me: { ...view.me, role: as } }, { ...client.me.get()!, kind }).map(({ name }) => name);
  assert.deepEqual(
    names('owner', 'person'),
    commandList.map(({ name }) => name),
  );
  assert.deepEqual(names('guest', 'guest'), ['help', 'join', 'leave', 'me', 'react']);
  assert.deepEqual(
    usable(undefined, client.me.get()).map(({ name }) => name),
    ['help', 'join', 'knock', 'create', 'msg', 'nick'],
  );
  assert.ok(!may('kick', { ...view, permissions: { member: ['post'] } }));
  assert.ok(may('kick', { ...view, permissions: { member: ['kick'] } }));
  await client.close();
});
