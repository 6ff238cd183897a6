import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createVirtualRuntime } from './runtime-virtual.ts';
import { openSqliteInMemory } from './store/sqlite.ts';
import { type TestClient, type TestServer, testServer } from './testing.ts';

const password = 'correct horse';
const say = (who: TestClient, room: string, clientId: string, text: string) =>
  who.request('message.send', { room, clientId, body: { text } });
const finds = (server: TestServer, text: string) => Buffer.from(server.image()).includes(text);

async function pair(server: TestServer) {
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  const room = await ada.createRoom('ops');
  await bob.request('room.join', { room, clientId: 'j' });
  return { ada, bob, room };
}

describe('an erased account', () => {
  it('leaves no words, in any table, and other people’s stay', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await pair(server);
    await ada.request('room.settings', {
      room,
      clientId: 's',
      permissions: { owner: (await ada.request('room.get', { room })).room.permissions.owner!.concat('edit-any') },
    });
    await say(bob, room, 'm1', 'first words of bob');
    await bob.request('message.edit', {
      room,
      clientId: 'e',
      target: { user: bob.user, clientId: 'm1' },
      body: { text: 'second words of bob' },
    });
    await say(bob, room, 'm2', 'third words of bob');
    await ada.request('message.edit', {
      room,
      clientId: 'e2',
      target: { user: bob.user, clientId: 'm2' },
      body: { text: 'third words, tidied' },
    });
    await say(ada, room, 'm3', 'words of ada');
    await bob.request('account.setProfile', { display: 'Robert the Bruce' });
    await bob.request('account.erase', { password, confirm: true });
    for (const text of ['words of bob', 'third words', 'Robert the Bruce'])
      assert.equal(finds(server, text), false, text);
    assert.equal(finds(server, 'words of ada'), true);
    const { entries } = await ada.request('history.page', { room, limit: 50, show: 'rows' });
    const said = entries
      .filter(({ kind }) => kind === 'message')
      .map(({ name, body }) => `${name} ${JSON.stringify(body)}`);
    assert.deepEqual(said, ['erased null', 'erased null', 'ada {"text":"words of ada"}']);
    assert.equal((await ada.request('room.get', { room })).room.members, 1);
    assert.equal((await ada.next('user.changed', ({ person }) => person.name === 'erased')).person.id, bob.user);
  });

  it('is signed out everywhere, after its answer here, and cannot come back', async () => {
    await using server = await testServer();
    const { bob, room } = await pair(server);
    const phone = await server.resume(bob.token);
    await assert.rejects(bob.request('account.erase', { password: 'wrong', confirm: true }), {
      code: 'bad-credentials',
    });
    await assert.rejects(bob.request('account.erase', { password, confirm: false }), { code: 'bad-request' });
    const [erased, late] = await Promise.allSettled([
      bob.request('account.erase', { password, confirm: true }),
      phone.request('room.join', { room, clientId: 'again' }),
    ]);
    assert.equal(erased.status, 'fulfilled');
    assert.ok(
      late.status === 'rejected' || (await server.db.all('SELECT * FROM stay WHERE until IS NULL')).length === 1,
    );
    assert.equal(await bob.link.closed, 'refused');
    assert.equal(await phone.link.closed, 'refused');
    await assert.rejects(server.resume(bob.token), { code: 'session-ended' });
    const client = await server.connect();
    await assert.rejects(client.request('session.signIn', { name: 'bob', password, device: 'x' }), {
      code: 'bad-credentials',
    });
  });

  it('keeps its name from others', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    await bob.request('account.erase', { password, confirm: true });
    await assert.rejects(server.account('bob'), { code: 'name-taken' });
    await assert.rejects(server.guest('bob'), { code: 'name-taken' });
    assert.deepEqual((await ada.request('user.find', { prefix: 'bob' })).people, []);
    await assert.rejects(
      ada.request('member.invite', { room: await ada.createRoom('x'), user: bob.user, clientId: 'i' }),
      {
        code: 'unknown-target',
      },
    );
  });

  it('that owned rooms hands them on', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await pair(server);
    const alone = await ada.createRoom('alone');
    await ada.request('account.erase', { password, confirm: true });
    const { members } = await bob.request('member.list', { room, limit: 9 });
    assert.deepEqual(
      members.map(({ person, role }) => `${person.name} ${role}`),
      ['bob owner'],
    );
    const { sync } = await bob.request('room.join', { room: alone, clientId: 'j' });
    assert.equal(sync.room.me.role, 'owner', 'who comes into an empty room owns it');
  });

  it('is invited nowhere and asks nowhere any more', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    const { sync } = await ada.request('room.create', { alias: 'secret', joinRule: 'invite', clientId: 'c' });
    await ada.request('member.invite', { room: sync.room.id, user: bob.user, clientId: 'i' });
    const porch = await ada.request('room.create', { alias: 'porch', joinRule: 'knock', clientId: 'p' });
    await bob.request('room.knock', { room: porch.sync.room.id, clientId: 'k' });
    await bob.request('account.erase', { password, confirm: true });
    assert.deepEqual(await server.db.all('SELECT * FROM invitation'), []);
    assert.deepEqual(await server.db.all('SELECT * FROM knock'), []);
    assert.deepEqual((await ada.request('member.knocking', { room: porch.sync.room.id })).knocking, []);
  });

  it('is finished after a crash that broke it off', async () => {
    const first = await testServer();
    const { bob, room } = await pair(first);
    await say(bob, room, 'm1', 'words of bob');
    const { n } = (await first.db.all<{ n: number }>("SELECT n FROM person WHERE name = 'bob'"))[0]!;
    await first.db.run("UPDATE person SET password = NULL, server_role = 'user', erased = 2 WHERE n = ?", [n]);
    const image = first.image();
    await first.close();
    await using second = await testServer({ db: openSqliteInMemory(image), runtime: createVirtualRuntime(2) });
    await second.advance(0);
    assert.equal(finds(second, 'words of bob'), false);
    assert.deepEqual(await second.db.all('SELECT name, erased FROM person WHERE n = ?', [n]), [
      { name: 'erased', erased: 1 },
    ]);
    assert.equal((await second.db.all('SELECT * FROM stay WHERE until IS NULL')).length, 1);
  });
});
