import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Role } from '@parley/protocol';
import { type TestClient, type TestServer, testServer } from '../testing.ts';

let drawn = 0;
const clientId = (): string => `c${++drawn}`;

async function ops(server: TestServer, ...names: string[]) {
  const ada = await server.account('ada');
  const room = await ada.createRoom('ops');
  const others: TestClient[] = [];
  for (const name of names) {
    const client = await server.account(name);
    await client.request('room.join', { room, clientId: clientId() });
    others.push(client);
  }
  return { ada, room, others };
}

describe('members', () => {
  it('are listed by role and name, a page at a time, and found by the beginning of a name', async () => {
    await using server = await testServer();
    const { ada, room, others } = await ops(server, 'dan', 'bob', 'cleo');
    await others[0]!.request('account.setProfile', { display: 'Zoe' });
    await ada.request('member.setRole', { room, user: others[2]!.user, clientId: clientId(), role: 'moderator' });
    await ada.request('member.mute', { room, user: others[1]!.user, clientId: clientId() });
    const list = async (more: { query?: string; after?: string; limit?: number } = {}) =>
      ada.request('member.list', { room, limit: 10, ...more });
    const names = ({ members }: Awaited<ReturnType<typeof list>>) => members.map(({ person }) => person.name);
    const all = await list();
    assert.deepEqual(names(all), ['ada', 'cleo', 'bob', 'dan']);
    assert.deepEqual([all.more, all.total], [false, 4]);
    assert.deepEqual(
      all.members.map(({ mutedUntil }) => mutedUntil),
      [undefined, undefined, null, undefined],
    );
    const first = await list({ limit: 3 });
    assert.deepEqual([names(first), first.more], [['ada', 'cleo', 'bob'], true]);
    assert.deepEqual(names(await list({ limit: 3, after: others[1]!.user })), ['dan']);
    assert.deepEqual(names(await list({ query: 'zo' })), ['dan']);
    assert.deepEqual(names(await list({ query: 'CL' })), ['cleo']);
    assert.deepEqual(names(await list({ query: 'x' })), []);
  });

  it('of a large room are all there', async () => {
    await using server = await testServer({ loadedRooms: 1 });
    const { ada, room } = await ops(server);
    // Room for one room: the next pushes this one out.
    await ada.createRoom('other');
    const { n } = (await server.db.all<{ n: number }>('SELECT n FROM room WHERE id = ?', [room]))[0]!;
    const [member] = await server.db.all<{ value: Uint8Array }>("SELECT value FROM leaf WHERE key LIKE 'member/%'");
    const rows = Array.from({ length: 25_000 }, (_, i) => i).map((i) => {
      const letters = i
        .toString(26)
        .replace(/[0-9a-p]/g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)));
      return {
        user: `${letters.padStart(16, 'a')}.${ada.user.slice(17)}`,
        name: `m${i.toString().padStart(5, '0')}`,
        n: i + 1,
      };
    });
    await server.db.transaction([
      {
        statements: [
          {
            sql: `INSERT INTO person (n, id, label, name, display, kind, server_role, password, created_at, erased)
              VALUES (?, ?, ?, ?, NULL, 'person', 'user', NULL, 0, 0)`,
            rows: rows.map(({ n, user, name }) => [n, user, `@${name}`, name]),
          },
          {
            sql: 'INSERT INTO leaf (room, key, value) VALUES (?, ?, ?)',
            rows: rows.map(({ user }) => [n, `member/${user}`, member!.value]),
          },
        ],
      },
    ]);
    const { members, total } = await ada.request('member.list', { room, limit: 500 });
    assert.deepEqual([members.length, total], [500, 25_001]);
    const last = await ada.request('member.list', { room, limit: 500, query: 'm24' });
    assert.equal(last.members.length, 500);
    await ada.request('message.send', { room, clientId: clientId(), body: { text: 'x' } });
    assert.equal((await ada.next('entry.appended', ({ kind }) => kind === 'message')).name, 'ada');
  });

  it('are moderated by those above them', async () => {
    await using server = await testServer();
    const { ada, room, others } = await ops(server, 'bob', 'cleo');
    const [bob, cleo] = others as [TestClient, TestClient];
    const as = (who: TestClient) => ({
      role: (user: string, role: Role) =>
        who.request('member.setRole', { room, user, clientId: clientId(), role }).then(
          () => 'entry',
          ({ code }) => code,
        ),
      act: (what: 'kick' | 'ban' | 'unban' | 'mute' | 'unmute', user: string) =>
        who.request(`member.${what}`, { room, user, clientId: clientId(), reason: 'because' }).then(
          () => 'entry',
          ({ code }) => code,
        ),
    });
    assert.equal(await as(bob).act('kick', cleo.user), 'forbidden');
    assert.equal(await as(ada).role(bob.user, 'moderator'), 'entry');
    assert.equal((await bob.next('room.changed')).room.me.role, 'moderator');
    assert.equal(await as(bob).role(cleo.user, 'moderator'), 'forbidden');
    assert.equal(await as(bob).act('kick', ada.user), 'forbidden');
    assert.equal(await as(bob).act('kick', bob.user), 'forbidden');
    assert.equal(await as(bob).act('mute', cleo.user), 'entry');
    assert.equal(await as(bob).act('unmute', cleo.user), 'entry');
    assert.equal(await as(bob).act('unmute', cleo.user), 'unknown-target');
    assert.equal(await as(bob).act('ban', cleo.user), 'entry');
    assert.equal((await cleo.next('room.removed')).how, 'banned');
    await assert.rejects(cleo.request('room.join', { room, clientId: clientId() }), { code: 'banned' });
    const { banned } = await ada.request('member.banned', { room });
    assert.deepEqual([banned[0]?.person.name, banned[0]?.until, banned[0]?.reason], ['cleo', null, 'because']);
    await assert.rejects(cleo.request('member.banned', { room }), { code: 'banned' });
    assert.equal(await as(bob).act('unban', cleo.user), 'entry');
    await cleo.request('room.join', { room, clientId: clientId() });
    assert.equal(await as(ada).act('kick', cleo.user), 'entry');
    assert.equal((await cleo.next('room.removed')).how, 'kicked');
    const stranger = `${'a'.repeat(16)}.${'a'.repeat(52)}`;
    assert.equal(await as(ada).act('ban', stranger), 'unknown-target');
  });

  it('banned for a time come back when it is over', async () => {
    await using server = await testServer();
    const { ada, room, others } = await ops(server, 'bob');
    const bob = others[0]!;
    await ada.request('member.ban', { room, user: bob.user, clientId: clientId(), durationMs: 5_000 });
    const { banned } = await ada.request('member.banned', { room });
    assert.equal(banned[0]?.until, server.runtime.now() + 5_000);
    await server.advance(5_000);
    assert.equal((await ada.next('entry.appended', ({ clerk }) => clerk === true)).subjectName, 'bob');
    await bob.request('room.join', { room, clientId: clientId() });
  });
});
