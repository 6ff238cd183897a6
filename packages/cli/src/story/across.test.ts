import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkedWorlds } from '../testing.ts';

test('rooms of another server are listed, joined and talked in, and everybody is called by their server', async () => {
  await using worlds = await linkedWorlds();
  const ada = await worlds.there.person('ada');
  const bob = await worlds.here.person('bob');
  await ada.parley('create', 'ops', '--topic', 'what broke');
  await ada.parley('create', 'tea');
  const listed = await bob.parley('rooms', '--at', 'there.example');
  assert.match(listed.stdout, /^#ops:there\.example +1 member +what broke\n#tea:there\.example +1 member\n$/);
  assert.equal((await bob.parley('rooms', '--server', 'there.example')).stdout, listed.stdout);
  assert.match((await bob.parley('rooms', '--at', 'there.example', 'te')).stdout, /^#tea:there\.example +1 member\n$/);
  const [json] = (await bob.parley('rooms', '--at', 'There.Example', '--json')).json();
  const server = String(json?.server);
  assert.match(server, /^[a-z2-7]{52}$/);
  assert.deepEqual([json?.room, json?.membership], ['#ops:there.example', 'none']);
  assert.equal((await bob.parley('rooms', '--at', server)).exit, 0);

  const joined = await bob.parley('join', '#ops:there.example');
  assert.deepEqual([joined.exit, joined.stderr], [0, 'joined #ops:there.example\n']);
  const sent = await bob.parley('send', '#ops:there.example', 'from here', '--wait', '--json');
  assert.equal(sent.exit, 0);
  assert.deepEqual([sent.json()[0]?.room, typeof sent.json()[0]?.seq], ['#ops:there.example', 'number']);
  await ada.parley('send', 'ops', 'from there');
  assert.match((await ada.parley('tail', 'ops')).stdout, /bob:here\.example {2}from here\n.* ada {2}from there\n$/);
  const [told] = (await ada.parley('tail', 'ops', '--json')).json().filter(({ text }) => text === 'from here');
  assert.equal(told?.user, '@bob:here.example');
  assert.equal(told?.server, (await bob.parley('identity')).stdout.trim());
  const members = await bob.parley('members', '#ops:there.example');
  assert.match(members.stdout, /^@ada:there\.example +owner.*\n@bob +member.*\n$/);
  const [owner] = (await bob.parley('members', '#ops:there.example', '--json')).json();
  assert.deepEqual([owner?.user, owner?.server], ['@ada:there.example', server]);
  assert.match((await bob.parley('rooms')).stdout, /^#ops:there\.example +2 members/);
  assert.equal((await bob.parley('leave', '#ops:there.example')).exit, 0);
});

test('what cannot be found on another server is said with the server', async () => {
  await using worlds = await linkedWorlds();
  const ada = await worlds.there.person('ada');
  const bob = await worlds.here.person('bob');
  await ada.parley('create', 'ops');
  await bob.parley('join', '#ops:there.example');
  const stderr = async (...words: string[]) => {
    const { exit, stderr: said } = await bob.parley(...words);
    assert.equal(exit, 4, said);
    return said;
  };
  assert.match(await stderr('join', '#nothing:there.example'), /no room #nothing on there\.example/);
  assert.match(await stderr('join', '#ops:nowhere.example'), /your server does not know nowhere\.example/);
  assert.match(await stderr('rooms', '--at', 'nowhere.example'), /does not know nowhere\.example/);
  assert.match(await stderr('send', '#ops', 'lost'), /do you mean '#ops:there\.example'/);
  assert.match(await stderr('send', '#tea:there.example', 'lost'), /no room #tea/);
  assert.equal((await bob.parley('rooms', '--at', 'no server')).exit, 2);
  assert.equal((await bob.parley('create', '#ops:there.example')).exit, 2);
  assert.equal((await bob.parley('join', '#ops:a:b')).exit, 2);
});

test('what is queued is said to be, and its outcome decides the exit code where it is waited for', async () => {
  await using worlds = await linkedWorlds();
  const ada = await worlds.there.person('ada');
  const bob = await worlds.here.person('bob');
  await ada.parley('create', 'ops');
  await bob.parley('join', '#ops:there.example');
  await worlds.there.stop();
  const id = '#ops:there.example';
  const queued = await bob.parley('send', id, 'later');
  assert.deepEqual([queued.exit, queued.stderr], [0, 'queued: your server keeps it until there.example has decided\n']);
  const json = (await bob.parley('send', id, 'later too', '--json', '--client-id', 'two')).json();
  assert.deepEqual([json[0]?.queued, json[0]?.clientId], [true, 'two']);
  const late = await bob.parley('send', id, 'later too', '--client-id', 'two', '--wait', '--timeout', '1s');
  assert.equal(late.exit, 5);
  assert.match(late.stderr, /nobody decided on what your server has queued within 1 s/);
  assert.equal((await bob.parley('join', '#tea:there.example')).exit, 5);
  assert.match((await bob.parley('join', '#tea:there.example')).stderr, /there\.example cannot be asked now/);
  await worlds.there.restart();
  const again = await bob.parley('send', id, 'later too', '--client-id', 'two', '--wait', '--timeout', '30s', '--json');
  assert.equal(typeof again.json()[0]?.seq, 'number');
  const { stdout } = await ada.parley('tail', 'ops');
  assert.match(stdout, / {2}later\n.* {2}later too\n$/);
});

test('somebody of another server is invited and removed by name', async () => {
  await using worlds = await linkedWorlds();
  const ada = await worlds.there.person('ada');
  const bob = await worlds.here.person('bob');
  await ada.parley('create', 'board', '--private');
  const invited = await ada.parley('invite', 'board', '@bob:here.example');
  assert.deepEqual([invited.exit, invited.stderr], [0, 'invite: done in #board\n']);
  assert.equal((await ada.parley('invite', 'board', '@nobody:here.example')).exit, 4);
  assert.equal((await bob.parley('join', '#board:there.example')).exit, 0);
  assert.equal((await ada.parley('kick', 'board', '@bob:here.example')).exit, 0);
  await ada.parley('create', 'porch', '--knock');
  assert.equal((await bob.parley('knock', '#porch:there.example')).stderr, 'knock: done\n');
  assert.match((await bob.parley('join', '#porch:there.example')).stderr, /nobody has answered yet/);
  assert.match((await ada.parley('members', 'porch', '--asking')).stdout, /@bob:here\.example/);
  assert.equal((await bob.parley('leave', '#porch:there.example')).stderr, 'left #porch:there.example\n');
  assert.equal((await bob.parley('knock', '#porch:there.example')).exit, 0);
  assert.equal((await ada.parley('invite', 'porch', '@bob:here.example')).exit, 0);
  assert.equal((await bob.parley('join', '#porch:there.example')).exit, 0);
  assert.match((await ada.parley('tail', 'board')).stdout, /-- ada removed bob:here\.example\n$/);
});
