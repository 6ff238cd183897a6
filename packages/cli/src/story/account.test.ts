import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { start, testWorld } from '../testing.ts';

test('one signs up, is somebody, signs out and in again', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const me = await ada.parley('whoami');
  assert.equal(me.stdout, `@ada:localhost on ${world.url}\n`);
  const [json] = (await ada.parley('whoami', '--json')).json();
  assert.deepEqual([json?.v, json?.user, json?.serverRole], [1, '@ada:localhost', 'user']);

  assert.equal((await ada.parley('logout')).exit, 0);
  const after = await ada.parley('whoami');
  assert.equal(after.exit, 3);
  assert.match(after.stderr, /you are not signed in to .*: parley login NAME/);
  const again = await ada.parley('login', 'ada', '--password-file', join(world.folder, 'password'));
  assert.equal(again.exit, 0);
  assert.equal((await ada.parley('whoami')).exit, 0);
});

test('what is wrong with a name or password is said, with the exit code of its remedy', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  await writeFile(join(world.folder, 'wrong'), 'not the password');
  await writeFile(join(world.folder, 'short'), 'short');
  const login = (name: string, file: string) => ada.parley('login', name, '--password-file', file);
  assert.equal((await login('ada', 'wrong')).exit, 3);
  assert.equal((await login('nobody', 'wrong')).exit, 3);
  assert.equal((await login('Ada Lovelace', 'wrong')).exit, 2);
  assert.equal((await login('ada', 'missing')).exit, 1);
  assert.equal((await ada.parley('register', 'ada', '--password-file', 'password')).exit, 1);
  assert.equal((await ada.parley('register', 'bob', '--password-file', 'short')).exit, 2);
  const nobodyToAsk = await ada.parley('login', 'ada');
  assert.equal(nobodyToAsk.exit, 2);
  assert.match(nobodyToAsk.stderr, /--password-file/);
});

test('a password comes from stdin when asked to', async () => {
  await using world = await testWorld();
  const ada = await world.person();
  const running = ada.start('register', 'ada', '--password-file', '-');
  running.stdin.end('correct horse\n');
  assert.equal((await running.done).exit, 0);
});

test('a key signs in where a password did', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const made = await ada.parley('keygen', 'key.pem');
  assert.match(made.stdout, /^[a-z2-7]{52}\n$/);
  const key = made.stdout.trim();
  if (process.platform !== 'win32') assert.equal((await stat(join(world.folder, 'key.pem'))).mode & 0o777, 0o600);
  assert.equal((await ada.parley('keygen', 'key.pem')).exit, 1);
  assert.equal((await ada.parley('key', 'add', 'key.pem', '--label', 'laptop')).stderr, `added the key ${key}\n`);
  const [listed] = (await ada.parley('key', 'list', '--json')).json();
  assert.deepEqual([listed?.key, listed?.label], [key, 'laptop']);

  const laptop = await world.person();
  assert.equal((await laptop.parley('login', '--key', 'key.pem')).exit, 0);
  assert.match((await laptop.parley('whoami')).stdout, /^@ada:/);
  assert.equal((await laptop.parley('login', 'ada', '--key', 'key.pem')).exit, 0);
  const other = await world.person('bob');
  assert.equal((await other.parley('login', 'bob', '--key', 'key.pem')).exit, 3);

  assert.deepEqual((await ada.parley('key', 'remove', key, '--json')).json(), [{ v: 1, key, removed: true }]);
  assert.equal((await (await world.person()).parley('login', 'ada', '--key', 'key.pem')).exit, 3);
});

test('a key is removed by its label too, where it names one', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const keys: string[] = [];
  for (const [file, label] of [
    ['a.pem', 'laptop'],
    ['b.pem', 'phone'],
    ['c.pem', 'phone'],
  ] as const) {
    keys.push((await ada.parley('keygen', file)).stdout.trim());
    await ada.parley('key', 'add', file, '--label', label);
  }
  const left = async () => (await ada.parley('key', 'list', '--json')).json().map(({ key }) => key);
  const unknown = await ada.parley('key', 'remove', 'tablet');
  assert.equal(unknown.exit, 4);
  assert.match(unknown.stderr, /no key “tablet” on your account: parley key list/);
  const two = await ada.parley('key', 'remove', 'phone');
  assert.equal(two.exit, 2);
  assert.match(two.stderr, /2 keys are called “phone”/);
  assert.deepEqual((await left()).sort(), keys.toSorted());

  assert.equal((await ada.parley('key', 'remove', 'laptop')).stderr, `removed the key ${keys[0]}\n`);
  assert.equal((await ada.parley('key', 'remove', keys[1]!)).exit, 0);
  assert.equal((await ada.parley('key', 'remove', 'phone')).exit, 0);
  assert.deepEqual(await left(), []);
});

test('no secret is in what is printed, and the profile is for its owner only', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const profile = await readFile(join(ada.profile, 'profile.json'), 'utf8');
  const { token } = JSON.parse(profile).servers[world.url].account;
  for (const words of [
    ['whoami', '--json'],
    ['rooms', '--json'],
    ['key', 'list', '--json'],
  ]) {
    const { stdout, stderr } = await ada.parley(...words);
    assert.ok(!stdout.includes(token) && !stderr.includes(token));
  }
  if (process.platform === 'win32') return;
  assert.equal((await stat(join(ada.profile, 'profile.json'))).mode & 0o777, 0o600);
});

test('a session that was ended elsewhere is noticed', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const path = join(ada.profile, 'profile.json');
  const before = await readFile(path, 'utf8');
  await ada.parley('logout');
  await writeFile(path, before);
  const { exit, stderr } = await ada.parley('rooms');
  assert.equal(exit, 3);
  assert.match(stderr, /your session .* has ended: parley login/);
});

test('signing in again ends the session before, and a token of the environment needs no profile', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const path = join(ada.profile, 'profile.json');
  const before = JSON.parse(await readFile(path, 'utf8')).servers[world.url].account.token;
  assert.equal((await ada.parley('login', 'ada', '--password-file', 'password')).exit, 0);
  const after = JSON.parse(await readFile(path, 'utf8')).servers[world.url].account.token;
  const as = async (env: Record<string, string>) => {
    const running = start(
      ['whoami'],
      { PARLEY_SERVER: world.url, PARLEY_PROFILE: join(world.folder, 'empty'), ...env },
      world.folder,
    );
    return (await running.done).exit;
  };
  assert.equal(await as({ PARLEY_TOKEN: before }), 3);
  assert.equal(await as({ PARLEY_TOKEN: after }), 0);
  await writeFile(join(world.folder, 'token'), `${after}\n`);
  assert.equal(await as({ PARLEY_TOKEN_FILE: 'token' }), 0);
});

test('another server at the same address gets nothing, until one says so', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const path = join(ada.profile, 'profile.json');
  const profile = JSON.parse(await readFile(path, 'utf8'));
  profile.servers[world.url].id = 'a'.repeat(52);
  await writeFile(path, JSON.stringify(profile));
  for (const words of [['whoami'], ['login', 'ada', '--password-file', 'password'], ['rooms']]) {
    const { exit, stderr } = await ada.parley(...words);
    assert.equal(exit, 6, words.join(' '));
    assert.match(stderr, /another server answers at .* than before/);
  }
  const trusting = await ada.parley('login', 'ada', '--password-file', 'password', '--trust-new-server');
  assert.equal(trusting.exit, 0);
  assert.equal((await ada.parley('whoami')).exit, 0);
});

test('a server that is not there is said at once', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  await world.server.close();
  const { exit, stderr } = await ada.parley('rooms', '--json');
  assert.equal(exit, 5);
  assert.deepEqual(JSON.parse(stderr), {
    v: 1,
    error: { code: 'unavailable', message: `cannot reach ${world.url}: nothing listens there`, retryable: true },
  });
});

test('an operator invites people to the server', async () => {
  await using world = await testWorld();
  const ada = await world.owner('ada');
  const bob = await world.person('bob');
  const late = await bob.parley('claim', 'x'.repeat(24));
  assert.equal(late.exit, 3);
  assert.match(late.stderr, /this link is void/);
  const code = (await ada.parley('invites', 'create', '--uses', '2', '--expires', '1h')).stdout.trim();
  const [listed] = (await ada.parley('invites', 'list', '--json')).json();
  assert.deepEqual([listed?.code, listed?.usesLeft], [code, 2]);
  const carl = await world.person();
  assert.equal((await carl.parley('register', 'carl', '--invite', code, '--password-file', 'password')).exit, 0);
  assert.equal((await ada.parley('invites', 'revoke', code)).exit, 0);
  assert.equal((await ada.parley('invites', 'list')).stdout, '');
  assert.equal((await ada.parley('invites', 'create', '--uses', '0')).exit, 2);
  assert.equal((await bob.parley('invites', 'create')).exit, 4);
});

test('an operator makes a bot, whose token is shown once or goes into a file', async () => {
  await using world = await testWorld();
  const ada = await world.owner('ada');
  const bob = await world.person('bob');
  const made = await ada.parley('bot', 'echo');
  assert.match(made.stdout, /^\S{20,}\n$/);
  assert.match(made.stderr, /made the bot @echo:localhost/);
  const [json] = (await ada.parley('bot', 'logger', '--json')).json();
  assert.deepEqual([json?.v, json?.user, typeof json?.token], [1, '@logger:localhost', 'string']);
  const filed = await ada.parley('bot', '@cron', '--token-file', 'cron.token', '--json');
  assert.equal(filed.json()[0]?.tokenFile, 'cron.token');
  const path = join(world.folder, 'cron.token');
  const token = (await readFile(path, 'utf8')).trim();
  assert.ok(!filed.stdout.includes(token));
  if (process.platform !== 'win32') assert.equal((await stat(path)).mode & 0o777, 0o600);
  const env = {
    PARLEY_SERVER: world.url,
    PARLEY_PROFILE: join(world.folder, 'empty'),
    PARLEY_TOKEN_FILE: 'cron.token',
  };
  assert.match((await start(['whoami'], env, world.folder).done).stdout, /^@cron:localhost on /);

  assert.equal((await ada.parley('bot', 'echo', '--token-file', 'echo.token')).exit, 1);
  await assert.rejects(stat(join(world.folder, 'echo.token')), { code: 'ENOENT' });
  assert.equal((await ada.parley('bot', 'other', '--token-file', 'cron.token')).exit, 1);
  assert.equal((await ada.parley('bot', 'other')).exit, 0);
  assert.equal((await ada.parley('bot', 'No Name')).exit, 2);
  assert.equal((await bob.parley('bot', 'spy')).exit, 4);
});
