import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testWorld } from '../testing.ts';
import { naughtyStrings } from '../testing-blns.ts';

test('what is sent can be read, by people and by programs', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  assert.equal((await ada.parley('create', '#ops', '--topic', 'what broke')).exit, 0);
  assert.equal((await bob.parley('join', 'ops')).exit, 0);
  const sent = await ada.parley('send', '#ops', 'deploy', 'done');
  assert.deepEqual([sent.exit, sent.stdout, sent.stderr], [0, '', '']);
  const [answer] = (await bob.parley('send', 'ops', 'well done', '--reply-to', '3', '--json')).json();
  assert.equal(answer?.seq, 4);

  const [, , message, reply] = (await bob.parley('tail', '#ops', '--json')).json();
  const { v, room, seq, kind, user, text, at } = message!;
  assert.deepEqual([v, room, seq, kind, user, text], [1, '#ops', 3, 'message', '@ada:localhost', 'deploy done']);
  assert.match(String(at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(reply?.replyTo, { user: message?.userId, clientId: message?.clientId });

  const { stdout } = await bob.parley('tail', '#ops', '--count', '2');
  assert.match(
    stdout,
    /^\d{4}-\d\d-\d\d \d\d:\d\d ada {2}deploy done\n\d{4}-\d\d-\d\d \d\d:\d\d bob {2}\(to ada\) well done\n$/,
  );
});

test('a repeat under the same client id is one message', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  await ada.parley('create', 'ops');
  const send = () => ada.parley('send', 'ops', 'once', '--client-id', 'job-7', '--json');
  const [first] = (await send()).json();
  const [second] = (await send()).json();
  assert.equal(first?.seq, second?.seq);
  assert.equal((await ada.parley('tail', 'ops', '--json')).json().length, 2);
  assert.equal((await ada.parley('send', 'ops', 'x', '--client-id', 'a b')).exit, 2);
});

test('stdin is one message, and several when it is long', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  await ada.parley('create', 'ops');
  const say = async (text: string) => {
    const running = ada.start('send', 'ops', '-', '--json');
    running.stdin.end(text);
    return running.done;
  };
  assert.equal((await say('line 1\nline 2\n')).exit, 0);
  const line = `${'x'.repeat(99)}\n`;
  const long = await say(line.repeat(400));
  assert.deepEqual([long.exit, long.json().length], [0, 3]);
  const entries = (await ada.parley('tail', 'ops', '--json')).json().slice(1);
  assert.equal(entries[0]?.text, 'line 1\nline 2');
  const whole = entries.slice(1).map(({ text }) => text);
  assert.equal(whole.join('\n'), line.repeat(400).trimEnd());
  assert.equal((await say('')).exit, 2);
});

test('what may not be said has its exit code, and a part that was sent has one of its own', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  await ada.parley('create', 'ops');
  assert.equal((await bob.parley('send', 'ops', 'x')).exit, 4);
  assert.equal((await bob.parley('send', 'no-such-room', 'x')).exit, 4);
  assert.equal((await bob.parley('send', 'no such/room', 'x')).exit, 2);
  const unquoted = await bob.parley('send');
  assert.equal(unquoted.exit, 2);
  assert.match(unquoted.stderr, /quote it/);
  await bob.parley('join', 'ops');
  await ada.parley('mute', 'ops', 'bob', '10m');
  const muted = await bob.parley('send', 'ops', 'x', '--json');
  assert.equal(muted.exit, 4);
  assert.equal(JSON.parse(muted.stderr).error.code, 'muted');
});

test('tail follows until it is stopped, across a restart of the server', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  await ada.parley('create', 'ops');
  await bob.parley('join', 'ops');
  await ada.parley('send', 'ops', 'before');
  const running = bob.start('tail', 'ops', '--follow', '--json', '--count', '1');
  await running.shows('"before"');
  await ada.parley('send', 'ops', 'live');
  await running.shows('"live"');
  await world.restart();
  await ada.parley('send', 'ops', 'after the restart');
  await running.shows('"after the restart"');
  running.interrupt();
  const { exit, json } = await running.done;
  assert.equal(exit, 130);
  assert.deepEqual(
    json().map(({ text }) => text),
    ['before', 'live', 'after the restart'],
  );
});

test('tail reads pages, counts, and from a moment on', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  await ada.parley('create', 'ops');
  const rpc = ada.start('rpc');
  for (let i = 1; i <= 230; i++)
    rpc.stdin.write(
      `${JSON.stringify({ jsonrpc: '2.0', id: i, method: 'send', params: { room: 'ops', text: `m${i}` } })}\n`,
    );
  rpc.stdin.end();
  assert.equal((await rpc.done).exit, 0);
  const texts = async (...words: string[]) =>
    (await ada.parley('tail', 'ops', '--json', ...words)).json().map(({ text }) => text);
  assert.equal((await texts()).length, 20);
  assert.deepEqual((await texts('--count', '150')).slice(0, 2), ['m81', 'm82']);
  assert.deepEqual(await texts('--count', '0'), []);
  const all = await texts('--since', '1h');
  assert.deepEqual([all.length, all[0], all.at(-1)], [231, undefined, 'm230']);
  assert.deepEqual(await texts('--since', '1h', '--count', '2'), ['m229', 'm230']);
  assert.deepEqual(await texts('--since', '2999-01-01'), []);
  assert.equal((await ada.parley('tail', 'ops', '--since', 'yesterday')).exit, 2);
  assert.equal((await ada.parley('tail', 'ops', '--count', '-1')).exit, 2);
});

test('naughty strings come back as they were sent, and harm no screen', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  await ada.parley('create', 'ops');
  const texts = naughtyStrings();
  assert.ok(texts.length > 400);
  const rpc = ada.start('rpc');
  for (const [id, text] of texts.entries())
    rpc.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'send', params: { room: 'ops', text } })}\n`);
  rpc.stdin.end();
  const answers = (await rpc.done).json();
  assert.ok(
    answers.every(({ error }) => error === undefined),
    JSON.stringify(answers.find(({ error }) => error)),
  );
  const read = await ada.parley('tail', 'ops', '--json', '--count', String(texts.length));
  const got = new Set(read.json().map(({ text }) => text));
  for (const text of texts) assert.ok(got.has(text), JSON.stringify(text));
  for (const text of [
    '\ufeffmark',
    '-',
    '--json',
    '\u202eoverride',
    "'; DROP TABLE entry; --",
    'a\u2028b',
    '%s%n',
    '\u0007',
  ]) {
    const running = ada.start('send', 'ops', '-');
    running.stdin.end(text);
    assert.equal((await running.done).exit, 0);
    const [last] = (await ada.parley('tail', 'ops', '--json', '--count', '1')).json();
    assert.equal(last?.text, text);
  }
  assert.equal((await ada.parley('send', 'ops', '--', '--json')).exit, 0);
  const { stdout } = await ada.parley('tail', 'ops', '--count', String(texts.length));
  assert.ok(!/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(stdout));
});
