import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { Refusal } from '@parley/protocol';
import type { Store } from '../api.ts';
import { memoryStore } from '../store-memory.ts';
import { meanwhile, type Setting, setting } from '../testing/setting.ts';
import { Bot, type BotOptions } from './bot.ts';

function botIn(all: Setting, store: Store = memoryStore(), options: Partial<BotOptions> = {}) {
  const { user, token } = all.server.account('robo', 'bot');
  all.room.members.add(user);
  const errors: unknown[] = [];
  const log = { info() {}, error: (error: unknown) => void errors.push(error) };
  const bot = new Bot({ client: all.client(store), store, token, log, ...options });
  const stop = new AbortController();
  return {
    bot,
    errors,
    start: () => bot.start({ signal: stop.signal }),
    async stop(running: Promise<void>) {
      stop.abort();
      await meanwhile(running, all.runtime);
    },
  };
}

const said = ({ room, server }: Setting) =>
  room.log
    .filter((entry) => entry.user === server.account('robo').user)
    .map((entry) => (entry.body as { text?: string; emoji?: string }).text ?? (entry.body as { emoji: string }).emoji);

test('answers commands and messages, and lists its commands', async () => {
  const all = setting(drain);
  all.server.says('ops', 'bob', 'from before');
  const { bot, start, stop, errors } = botIn(all);
  const heard: string[] = [];
  bot.command('hi', 'says hello', (context) => context.reply(`hello ${context.words.join('+')}`));
  bot.on('message:text', async (context) => {
    heard.push(context.text);
    if (/ping/.test(context.text)) await context.react('🏓');
  });
  const running = start();
  await all.runtime.pass(1_000);
  for (const text of ['!hi a  b', 'ping', '!help', '@robo hi you', '!unknown']) all.server.says('ops', 'bob', text);
  await all.runtime.pass(1_000);
  assert.deepEqual(heard, ['ping', '!unknown']);
  assert.deepEqual(said(all), ['hello a+b', '🏓', '`!hi` – says hello', 'hello you']);
  const reply = all.room.log.find((entry) => (entry.body as { text?: string }).text === 'hello a+b');
  assert.deepEqual((reply!.body as { replyTo: unknown }).replyTo, {
    user: all.server.account('bob').user,
    clientId: 'bob-2',
  });
  await stop(running);
  assert.deepEqual(errors, []);
  assert.equal(all.runtime.timers, 0);
});

test('hears neither itself nor other bots, unless it wants to', async () => {
  for (const hearBots of [false, true]) {
    const all = setting(drain);
    const other = all.server.account('other', 'bot');
    all.room.members.add(other.user);
    const { bot, start, stop } = botIn(all, memoryStore(), { hearBots });
    const heard: string[] = [];
    bot.on('message:text', (context) => heard.push(context.text));
    const running = start();
    await all.runtime.pass(1_000);
    all.server.says('ops', 'robo', 'me');
    all.server.says('ops', 'other', 'bot');
    all.server.says('ops', 'bob', 'person');
    await all.runtime.pass(1_000);
    assert.deepEqual(heard, hearBots ? ['bot', 'person'] : ['person']);
    await stop(running);
  }
});

test('goes on where it left off, and answers nothing twice', async () => {
  const all = setting(drain);
  const store = memoryStore();
  const heard: string[] = [];
  const run = async (work: () => Promise<void>) => {
    const { bot, start, stop } = botIn(all, store);
    bot.on('message:text', async (context) => {
      heard.push(context.text);
      await context.reply(`re ${context.text}`);
    });
    const running = start();
    await all.runtime.pass(1_000);
    await work();
    await stop(running);
  };
  await run(async () => {
    all.server.says('ops', 'bob', 'one');
    await all.runtime.pass(1_000);
  });
  for (const text of ['two', 'three']) all.server.says('ops', 'bob', text);
  await run(async () => {
    all.server.drop();
    await all.runtime.pass(5_000);
    all.server.says('ops', 'bob', 'four');
    await all.runtime.pass(1_000);
  });
  assert.deepEqual(heard, ['one', 'two', 'three', 'four']);
  assert.deepEqual(said(all), ['re one', 're two', 're three', 're four']);
  // As if it had died before it could write how far it was.
  await store.apply(new Map([[`cursor/${all.room.id}`, new TextEncoder().encode('0')]]));
  await run(() => all.runtime.pass(2_000));
  assert.deepEqual(heard.slice(4), ['one', 'two', 'three', 'four']);
  assert.deepEqual(said(all), ['re one', 're two', 're three', 're four']);
});

test('other acts are heard by their names', async () => {
  const all = setting(drain);
  const { bot, start, stop } = botIn(all);
  const heard: string[] = [];
  for (const event of [
    'message:action',
    'message:edited',
    'message:redacted',
    'message:pinned',
    'reaction:added',
    'member:joined',
    'member:removed',
  ] as const)
    bot.on(event, (context) => heard.push(`${event} ${context.text}`.trim()));
  const running = start();
  await all.runtime.pass(1_000);
  const bob = all.server.account('bob').user;
  const target = { user: bob, clientId: 'm' };
  for (const act of [
    { kind: 'message', body: { text: 'waves', action: true }, clientId: 'm' },
    { kind: 'message', body: { text: 'old' }, data: { imported: true } },
    { kind: 'edit', body: { text: 'bows' }, target },
    { kind: 'react', body: { emoji: '👍' }, target },
    { kind: 'pin', target },
    { kind: 'redact', body: {}, target },
    { kind: 'member', data: { change: 'join', subject: bob } },
    { kind: 'member', data: { change: 'ban', subject: bob } },
  ])
    all.server.acts('ops', 'bob', { clientId: `c${all.room.head}`, ...act });
  await all.runtime.pass(1_000);
  assert.deepEqual(heard, [
    'message:action waves',
    'message:edited bows',
    'reaction:added',
    'message:pinned',
    'message:redacted',
    'member:joined',
    'member:removed',
  ]);
  await stop(running);
});

test('what a handler throws is caught, and the next event is heard', async () => {
  const all = setting(drain);
  const { bot, start, stop, errors } = botIn(all);
  const caught: string[] = [];
  bot.on('message:text', (context) => {
    throw new Error(context.text);
  });
  const running = start();
  await all.runtime.pass(1_000);
  all.server.says('ops', 'bob', 'logged');
  await all.runtime.pass(1_000);
  assert.equal((errors[0] as Error).message, 'logged');
  bot.catch((error, context) => {
    caught.push(`${(error as Error).message} in ${context?.room.id.slice(0, 1)}`);
    throw new Error('again');
  });
  for (const text of ['one', 'two']) all.server.says('ops', 'bob', text);
  await all.runtime.pass(1_000);
  assert.deepEqual(caught, ['one in a', 'two in a']);
  assert.equal(errors.length, 3);
  await stop(running);
});

test('joins the rooms it is added to, forgets those it leaves, and ends with its session', async () => {
  const all = setting(drain);
  const { bot, start } = botIn(all);
  const heard: string[] = [];
  bot.on('message:text', (context) => heard.push(context.text));
  const running = start();
  await all.runtime.pass(1_000);
  const robo = all.server.account('robo');
  const side = all.server.room('side', 'robo', 'bob');
  all.server.tellAll('robo', { event: 'room.added', payload: { sync: side.sync(robo.user, undefined, 200) } });
  await all.runtime.pass(100);
  all.server.says('side', 'bob', 'in there');
  await all.runtime.pass(100);
  all.server.tellAll('robo', { event: 'room.removed', payload: { room: side.id, how: 'kicked' } });
  await all.runtime.pass(100);
  all.server.says('side', 'bob', 'unheard');
  await all.runtime.pass(100);
  assert.deepEqual(heard, ['in there']);
  all.server.tellAll('robo', { event: 'session.ended', payload: { code: 'session-ended' } });
  all.server.tokens.delete(robo.token);
  all.server.drop();
  await assert.rejects(
    meanwhile(running, all.runtime),
    (error) => error instanceof Refusal && error.code === 'session-ended',
  );
});

test('joins the rooms it is told to, and where it is invited', async () => {
  const all = setting(drain);
  const robo = all.server.account('robo', 'bot');
  const [one, two] = [all.server.room('one'), all.server.room('two')];
  const { bot, start, stop, errors } = botIn(all, memoryStore(), {
    rooms: ['#one', '#nowhere'],
    acceptInvitations: true,
  });
  const running = start();
  await all.runtime.pass(1_000);
  all.server.tellAll('robo', { event: 'room.invited', payload: { room: two.view(robo.user) } });
  await all.runtime.pass(1_000);
  assert.deepEqual([one.members.has(robo.user), two.members.has(robo.user)], [true, true]);
  assert.deepEqual(
    bot.client.rooms.get().map(({ view }) => view.alias),
    ['one', 'ops', 'two'],
  );
  assert.deepEqual(
    errors.map((error) => (error as Refusal).code),
    ['not-found'],
  );
  await stop(running);
});

test('a token that is refused is told', async () => {
  const all = setting(drain);
  const { start } = botIn(all, memoryStore(), { token: 'wrong' });
  await assert.rejects(
    meanwhile(start(), all.runtime),
    (error) => error instanceof Refusal && error.code === 'session-ended',
  );
});
