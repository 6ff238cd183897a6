import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits, type Payload } from '@parley/protocol';
import { openSqliteInMemory } from '../main.ts';
import { type TestClient, type TestServer, testServer } from '../testing.ts';

const names = (server: TestServer) =>
  server.db
    .all<{ alias: string }>('SELECT alias FROM alias ORDER BY alias')
    .then((rows) => rows.map(({ alias }) => alias));
const make = (who: TestClient, payload: Omit<Payload<'room.create'>, 'clientId'>, clientId = `c:${payload.alias}`) =>
  who.request('room.create', { ...payload, clientId }).then(({ sync }) => sync.room);
const change = (
  who: TestClient,
  room: string,
  payload: Omit<Payload<'room.settings'>, 'room' | 'clientId'>,
  id = 's',
) => who.request('room.settings', { room, clientId: id, ...payload });

describe('a room', () => {
  it('is made with what is asked for, public and listed unless said otherwise', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const open = await make(ada, { alias: 'open' });
    assert.deepEqual(
      [open.title, open.joinRule, open.listed, open.history, open.retentionDays, open.me],
      ['open', 'public', true, 'all', undefined, { membership: 'member', role: 'owner' }],
    );
    const shut = await make(ada, { alias: 'shut', title: 'Shut', topic: 'x', joinRule: 'invite', slowModeMs: 5 });
    assert.deepEqual([shut.title, shut.topic, shut.history, shut.slowModeMs], ['Shut', 'x', 'since-join', 5]);
    await assert.rejects(make(ada, { alias: 'bad', permissions: { guest: ['ban'] } }), { code: 'bad-request' });
    assert.deepEqual(await names(server), ['open', 'shut']);
  });

  it('takes a name that is free, and gives it back when it takes another', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const { id } = await make(ada, { alias: 'ops' });
    await assert.rejects(make(ada, { alias: 'ops' }, 'again'), { code: 'name-taken' });
    assert.equal((await server.db.all('SELECT id FROM room')).length, 1, 'nothing is left of the one refused');
    const other = await make(ada, { alias: 'other' });
    await assert.rejects(change(ada, other.id, { alias: 'ops' }), { code: 'name-taken' });
    await change(ada, id, { alias: 'operations' });
    assert.deepEqual(await names(server), ['operations', 'other']);
    await change(ada, other.id, { alias: 'ops', topic: 'new' });
    assert.equal((await ada.request('room.resolve', { alias: 'ops' })).room.id, other.id);
    await assert.rejects(ada.request('room.resolve', { alias: 'other' }), { code: 'not-found' });
    await change(ada, other.id, { topic: 'newer' }, 's2');
    assert.deepEqual(await names(server), ['operations', 'ops']);
  });

  it('and another that want one name at once agree who has it', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const [one, two] = [await make(ada, { alias: 'one' }), await make(bob, { alias: 'two' })];
    const tries = await Promise.allSettled([
      change(ada, one.id, { alias: 'ops' }),
      change(bob, two.id, { alias: 'ops' }),
      make(await server.account('eve'), { alias: 'ops' }),
    ]);
    assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const each of tries) if (each.status === 'rejected') assert.equal(each.reason.code, 'name-taken');
    const holder = (await ada.request('room.resolve', { alias: 'ops' })).room.id;
    const rows = await server.db.all<{ id: string }>("SELECT id FROM room WHERE alias = 'ops'");
    assert.deepEqual(rows, [{ id: holder }]);
    assert.equal((await names(server)).length, (await server.db.all('SELECT id FROM room')).length);
  });

  it('that does not get a name keeps what else is said and changed in it at that moment', async () => {
    const memory = openSqliteInMemory();
    const disk = Promise.withResolvers<void>();
    let wait: Promise<void> | undefined;
    const transaction: typeof memory.transaction = async (groups) => {
      await wait;
      return memory.transaction(groups);
    };
    await using server = await testServer({ db: { ...memory, transaction } });
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const rooms = [await make(ada, { alias: 'one' }), await make(bob, { alias: 'two' })];
    const asks: Promise<unknown>[] = [];
    wait = disk.promise;
    for (const [i, who] of [ada, bob].entries()) {
      const { id } = rooms[i]!;
      const phone = await server.resume(who.token);
      const say = (clientId: string) => phone.request('message.send', { room: id, clientId, body: { text: clientId } });
      asks.push(
        say('m1'),
        change(who, id, { alias: 'ops' }, 's1'),
        say('m2'),
        change(phone, id, { topic: 'new' }, 's2'),
      );
    }
    for (let i = 0; i < 10; i++) await ada.settle();
    disk.resolve();
    const outcomes = await Promise.allSettled(asks);
    const refused = outcomes.flatMap((each, i) => (each.status === 'rejected' ? [[i % 4, each.reason.code]] : []));
    assert.deepEqual(refused, [[1, 'name-taken']]);
    const names = await Promise.all(rooms.map(({ id }) => ada.request('room.get', { room: id })));
    assert.deepEqual(names.filter(({ room }) => room.alias === 'ops').length, 1);
    for (const { room } of names) assert.deepEqual([room.topic, room.head.seq], ['new', room.alias === 'ops' ? 5 : 4]);
  });

  it('changes its name twice at once and has one of them', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const phone = await server.resume(ada.token);
    const { id } = await make(ada, { alias: 'ops' });
    await Promise.all([change(ada, id, { alias: 'x' }, 's1'), change(phone, id, { alias: 'y' }, 's2')]);
    const { alias } = (await ada.request('room.get', { room: id })).room;
    assert.deepEqual(await names(server), [alias]);
  });

  it('changes only by who may change what', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const { id, permissions } = await make(ada, { alias: 'ops' });
    await bob.request('room.join', { room: id, clientId: 'j' });
    await assert.rejects(change(bob, id, { topic: 'mine' }), { code: 'forbidden' });
    await assert.rejects(change(bob, id, { alias: 'mine' }), { code: 'forbidden' });
    assert.deepEqual(await names(server), ['ops'], 'a name that was refused is free');
    await assert.rejects(change(ada, id, {}), { code: 'bad-request' });
    await change(ada, id, { permissions: { member: [...permissions.member!, 'manage-info'] } });
    assert.equal((await bob.next('room.changed')).room.permissions.member?.includes('manage-info'), true);
    await change(bob, id, { topic: 'ours' });
    await assert.rejects(change(bob, id, { listed: false }, 's2'), { code: 'forbidden' });
    const eve = await server.account('eve');
    await assert.rejects(change(eve, id, { topic: 'x' }), { code: 'not-a-member' });
    assert.equal((await ada.request('room.get', { room: id })).room.topic, 'ours');
  });

  it('is listed by name, a page at a time, while it is public', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    for (const alias of ['delta', 'alpha', 'charlie', 'bravo']) await make(ada, { alias });
    await make(ada, { alias: 'secret', joinRule: 'invite' });
    await make(ada, { alias: 'quiet', listed: false });
    const bob = await server.account('bob');
    const list = async (payload: Payload<'room.list'>) => {
      const { rooms, more } = await bob.request('room.list', payload);
      return [...rooms.map(({ alias }) => alias), more];
    };
    assert.deepEqual(await list({ limit: 2 }), ['alpha', 'bravo', true]);
    assert.deepEqual(await list({ limit: 2, after: 'bravo' }), ['charlie', 'delta', false]);
    assert.deepEqual(await list({ limit: 9, query: 'l' }), ['alpha', 'charlie', 'delta', false]);
    assert.deepEqual(await list({ limit: 9, query: '%' }), [false]);
    const { room } = await bob.request('room.resolve', { alias: 'alpha' });
    await change(ada, room.id, { joinRule: 'invite' });
    assert.deepEqual(await list({ limit: 9 }), ['bravo', 'charlie', 'delta', false]);
  });

  it('that is private is not there for others', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const { id } = await make(ada, { alias: 'secret', joinRule: 'invite' });
    const bob = await server.account('bob');
    const none = { code: 'not-found' };
    await assert.rejects(bob.request('room.get', { room: id }), none);
    await assert.rejects(bob.request('room.resolve', { alias: 'secret' }), none);
    await assert.rejects(bob.request('room.join', { room: id, clientId: 'j' }), none);
    await assert.rejects(bob.request('history.page', { room: id, limit: 9, show: 'rows' }), none);
    await assert.rejects(bob.request('member.list', { room: id, limit: 9 }), none);
    await assert.rejects(bob.request('message.send', { room: id, clientId: 'm', body: { text: 'x' } }), none);
    await assert.rejects(bob.request('room.get', { room: 'a'.repeat(52) }), none);
  });
});

describe('who comes and goes', () => {
  it('is invited, declines, is invited again and joins; the invitation can be taken back', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const { id } = await make(ada, { alias: 'secret', joinRule: 'invite' });
    const invite = (clientId: string) => ada.request('member.invite', { room: id, user: bob.user, clientId });
    await invite('i1');
    const { room } = await bob.next('room.invited');
    assert.deepEqual([room.id, room.title, room.me], [id, 'secret', { membership: 'invited', invitedBy: ada.user }]);
    assert.equal((await bob.request('sync.start', { rooms: {} })).invitations[0]?.id, id);
    await assert.rejects(bob.request('history.page', { room: id, limit: 9, show: 'rows' }), { code: 'not-a-member' });
    await bob.request('room.leave', { room: id, clientId: 'd1' });
    assert.equal((await bob.next('room.removed')).how, 'declined');
    assert.deepEqual((await bob.request('sync.start', { rooms: {} })).invitations, []);
    await assert.rejects(bob.request('room.join', { room: id, clientId: 'j1' }), { code: 'not-found' });
    await invite('i2');
    await ada.request('member.revoke', { room: id, user: bob.user, clientId: 'r1' });
    assert.equal((await bob.next('room.removed')).how, 'revoked');
    await Promise.all([
      ada.request('member.revoke', { room: id, user: bob.user, clientId: 'r2' }).catch(() => {}),
      invite('i3'),
    ]);
    assert.equal((await bob.request('sync.start', { rooms: {} })).invitations.length, 1, 'the last word counts');
    const { sync } = await bob.request('room.join', { room: id, clientId: 'j2' });
    assert.equal(sync.room.me.membership, 'member');
    await assert.rejects(invite('i4'), { code: 'already-a-member' });
    assert.deepEqual(await server.db.all('SELECT * FROM invitation'), []);
  });

  it('asks to be let in, takes it back, is turned down, asks again, is let in and joins', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const phone = await server.resume(bob.token);
    const eve = await server.account('eve');
    const { id } = await make(ada, { alias: 'porch', joinRule: 'knock' });
    const knock = (clientId: string) => bob.request('room.knock', { room: id, clientId });
    const mine = async (who = bob) => (await who.request('room.get', { room: id })).room.me.membership;
    const asking = async () => {
      const { knocking } = await ada.request('member.knocking', { room: id });
      return knocking.map(({ person }) => person.name);
    };
    await assert.rejects(bob.request('room.join', { room: id, clientId: 'j0' }), { code: 'not-invited' });
    const first = await knock('k1');
    assert.deepEqual(await knock('k1'), first, 'a resend');
    await assert.rejects(knock('k2'), { code: 'duplicate' });
    assert.equal((await phone.next('room.changed')).room.me.membership, 'knocking');
    assert.deepEqual([await mine(), await asking()], ['knocking', ['bob']]);
    await assert.rejects(bob.request('history.page', { room: id, limit: 9, show: 'rows' }), { code: 'not-a-member' });
    await assert.rejects(bob.request('member.knocking', { room: id }), { code: 'not-a-member' });
    await assert.rejects(bob.request('room.join', { room: id, clientId: 'j1' }), { code: 'not-invited' });
    assert.deepEqual((await bob.request('sync.start', { rooms: {} })).rooms, []);

    await bob.request('room.leave', { room: id, clientId: 'w1' });
    assert.equal((await phone.next('room.removed')).how, 'withdrawn');
    assert.deepEqual([await mine(), await asking()], ['none', []]);
    await assert.rejects(bob.request('room.leave', { room: id, clientId: 'w2' }), { code: 'not-a-member' });

    await knock('k3');
    const deny = (who: TestClient, clientId: string) =>
      who.request('member.deny', { room: id, user: bob.user, clientId });
    await assert.rejects(deny(eve, 'd0'), { code: 'not-a-member' });
    await deny(ada, 'd1');
    assert.equal((await phone.next('room.removed', ({ how }) => how === 'denied')).room, id);
    await assert.rejects(deny(ada, 'd2'), { code: 'unknown-target' });

    await knock('k4');
    await change(ada, id, { joinRule: 'invite' });
    assert.equal(await mine(), 'knocking', 'who asked still knows of the room');
    await assert.rejects(eve.request('room.get', { room: id }), { code: 'not-found' });
    await ada.request('member.invite', { room: id, user: bob.user, clientId: 'i1' });
    assert.equal((await phone.next('room.invited')).room.id, id);
    assert.deepEqual(await asking(), []);
    const { sync } = await bob.request('room.join', { room: id, clientId: 'j2' });
    assert.equal(sync.room.me.membership, 'member');
    assert.deepEqual(await server.db.all('SELECT * FROM knock UNION SELECT * FROM invitation'), []);
    await assert.rejects(knock('k5'), { code: 'already-a-member' });
    await assert.rejects(eve.request('room.knock', { room: id, clientId: 'k1' }), { code: 'not-found' });
    const guest = await server.guest('gus');
    await assert.rejects(guest.request('room.knock', { room: id, clientId: 'k1' }), { code: 'guests-refused' });
  });

  it('joins once, whatever is sent again', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const { id } = await make(ada, { alias: 'ops' });
    const join = (clientId: string) => bob.request('room.join', { room: id, clientId });
    const joined = await Promise.all([join('j1'), join('j1'), join('j2')]);
    for (const { sync } of joined) assert.equal(sync.room.me.membership, 'member');
    assert.equal((await ada.request('room.get', { room: id })).room.head.seq, 2);
    await bob.request('room.leave', { room: id, clientId: 'l1' });
    await assert.rejects(bob.request('room.leave', { room: id, clientId: 'l2' }), { code: 'not-a-member' });
    await join('j3');
    assert.equal((await ada.request('room.get', { room: id })).room.members, 2);
  });

  it('leaves last and leaves a public room to whoever comes next', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const { id } = await make(ada, { alias: 'ops' });
    await ada.request('room.leave', { room: id, clientId: 'l' });
    assert.deepEqual(await names(server), ['ops']);
    assert.equal((await bob.request('room.list', { limit: 9 })).rooms[0]?.members, 0);
    const { sync } = await bob.request('room.join', { room: id, clientId: 'j' });
    assert.equal(sync.room.me.role, 'owner');
  });

  it('leaves last and frees the name of a room that nobody can enter', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const { id } = await make(ada, { alias: 'secret', joinRule: 'invite' });
    await ada.request('member.invite', { room: id, user: bob.user, clientId: 'i' });
    await ada.request('room.leave', { room: id, clientId: 'l' });
    assert.deepEqual(await names(server), ['secret'], 'somebody may still come');
    await bob.request('room.leave', { room: id, clientId: 'd' });
    assert.deepEqual(await names(server), []);
    await make(bob, { alias: 'secret' });
  });

  it('is in so many rooms and no more', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const { n } = (await server.db.all<{ n: number }>('SELECT n FROM person'))[0]!;
    const rooms = Array.from({ length: limits.roomsPerAccount }, (_, i) => 1_000 + i);
    await server.db.transaction([
      {
        statements: [
          {
            sql: `INSERT INTO room (n, id, term, seq, chain, nth, alias, title, topic, listed, archive)
              VALUES (?, ?, 1, 1, ?, 0, NULL, '', '', 0, 0)`,
            rows: rooms.map((room) => [room, `x${room}`, new Uint8Array(32)]),
          },
          {
            sql: 'INSERT INTO stay (person, room, since, until) VALUES (?, ?, 1, NULL)',
            rows: rooms.map((room) => [n, room]),
          },
        ],
      },
    ]);
    await assert.rejects(make(ada, { alias: 'more' }), { code: 'too-many' });
  });
});
