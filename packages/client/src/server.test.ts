import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { type PeerView, Refusal } from '@parley/protocol';
import { roomAddress, roomLabel } from './address.ts';
import { serverNames } from './limits.ts';
import { namesTold, readNames, Servers } from './server.ts';
import { memoryStore } from './store-memory.ts';
import { serverKey } from './testing/fake-server.ts';
import { setting } from './testing/setting.ts';

const [one, two] = ['k', 'm'].map((letter) => `${letter.repeat(51)}a`) as [string, string];
const servers = (told = { count: 0 }) =>
  new Servers({
    own: () => ({ id: serverKey, name: 'home.example' }),
    people: () => [],
    online: () => false,
    ask: async () => ({ servers: [] }),
    changed: () => {
      told.count += 1;
    },
  });
const person = (server: string) => `${'a'.repeat(16)}.${server}`;

test('a server without a name is called by the beginning of its key', () => {
  const all = servers();
  const shown = all.of(one);
  assert.deepEqual(shown, { id: one, label: 'kkkkkkkk', name: undefined, verified: false, reachable: undefined });
  assert.equal(all.of(one), shown);
  assert.equal(all.idOf('kkkkkkkk'), one);
  assert.equal(all.idOf('mmmmmmmm'), undefined);
  assert.equal(all.elsewhere('kkkkkkkk'), one);
});

test('a name means the server of which it was told last', () => {
  const told = { count: 0 };
  const all = servers(told);
  for (let i = 0; i < 2; i++) all.learn([{ id: one, name: 'far.example' }]);
  assert.equal(all.of(one).label, 'far.example');
  assert.equal(all.idOf('FAR.example'), one);
  all.learn([{ id: one, name: 'far.example', verified: true }]);
  all.learn([{ id: one, name: 'far.example' }]);
  assert.ok(all.of(one).verified);
  all.learn([{ id: two, name: 'far.example' }]);
  assert.deepEqual([all.of(one).label, all.of(two).label, all.of(two).verified], ['kkkkkkkk', 'far.example', false]);
  assert.equal(told.count, 3);
  all.learn([{ id: two, name: null, reachable: false }]);
  assert.deepEqual([all.of(two).label, all.of(two).reachable], ['mmmmmmmm', false]);
  all.learn([{ id: two, name: 'far.example' }]);
  assert.equal(all.of(two).reachable, false);
  // One's own server decides whom a name means.
  assert.equal(all.elsewhere('far.example'), 'far.example');
});

test('one’s own server is not elsewhere, by whatever it is called', () => {
  const all = servers();
  for (const own of ['home.example', 'Home.Example', serverKey]) {
    assert.equal(all.elsewhere(own), undefined);
    assert.equal(all.idOf(own), serverKey);
  }
  all.learn([{ id: serverKey, name: 'another.example' }]);
  assert.equal(all.get().size, 0);
  assert.throws(() => all.elsewhere('no server'), { code: 'not-found' });
  assert.equal(all.labelOf(person(serverKey), 'told'), undefined);
  assert.equal(all.labelOf(person(one), 'told'), 'told');
});

test('names come from answers that tell of one server, and from what operators see', () => {
  const view = { server: one } as never;
  const asked = { server: 'far.example', limit: 1 };
  assert.deepEqual(namesTold('room.list', asked, { rooms: [view, view], more: false }), [
    { id: one, name: 'far.example' },
  ]);
  assert.deepEqual(namesTold('room.list', asked, { rooms: [view, { server: two } as never], more: false }), []);
  assert.deepEqual(namesTold('room.list', { ...asked, server: one }, { rooms: [view], more: false }), []);
  const peer = (id: string, nameState?: string) =>
    ({ id, urls: [], state: 'connected', since: 0, name: `${id[0]}.example`, nameState }) as PeerView;
  const peers = [peer(one, 'verified'), peer(two, 'taken'), peer(serverKey)];
  assert.deepEqual(namesTold('peer.list', {}, { peers, refused: [] }), [
    { id: one, name: 'k.example', verified: true },
  ]);
});

test('what people’s servers are called tells their names, unless it is the beginning of their keys', () => {
  const all = servers();
  all.seen(one, 'kkkkkkkk');
  all.seen(two, 'far.example');
  assert.deepEqual([all.of(one).label, all.of(two).label], ['kkkkkkkk', 'far.example']);
  all.seen(two, 'No Name');
  all.seen(two, 'later.example');
  assert.equal(all.of(two).label, 'far.example');
});

test('a server that was not met before is asked for, many at once with one request', async () => {
  const all = setting(drain);
  all.server.tellsNames = true;
  const rooms = ['ops:far.example', 'tea:near.example'].map((name) => all.server.room(name, 'ada'));
  all.server.unreachable = rooms[1]!.server;
  const ada = await all.ada();
  await all.runtime.settle();
  const asked = all.server.requests.filter(({ request }) => request === 'server.get');
  assert.equal(asked.length, 1);
  assert.deepEqual(
    rooms.map(({ id }) => {
      const { label, reachable } = ada.room(id)!.summary.get().server!;
      return [label, reachable];
    }),
    [
      ['far.example', true],
      ['near.example', false],
    ],
  );
  all.server.unreachable = undefined;
  await ada.servers.refresh([rooms[1]!.server!]);
  assert.equal(ada.room('#tea:near.example')?.summary.get().server?.reachable, true);
  // After a while without a connection everything may be otherwise.
  all.server.unreachable = rooms[0]!.server;
  all.server.drop();
  await all.runtime.pass(5_000);
  assert.equal(ada.room('#ops:far.example')?.summary.get().server?.reachable, false);
  await ada.close();
});

test('what one’s own server tells of a link is known at once, and one whose name came along is asked for', async () => {
  const all = setting(drain);
  all.server.tellsNames = true;
  const far = all.server.room('ops:far.example', 'ada');
  const ada = await all.ada();
  await all.runtime.settle();
  const id = far.server!;
  const change = { id, name: 'far.example', verified: true, isLinked: false };
  all.server.tellAll('ada', { event: 'server.changed', payload: change });
  await all.runtime.settle();
  assert.deepEqual(
    [ada.servers.of(id).verified, ada.room('#ops:far.example')?.summary.get().server?.reachable],
    [true, false],
  );
  all.server.room('tea:near.example');
  await ada.request('room.list', { server: 'near.example', limit: 10 });
  const near = ada.servers.idOf('near.example')!;
  assert.equal(ada.servers.of(near).reachable, undefined);
  await all.runtime.settle();
  assert.equal(ada.servers.of(near).reachable, true);
  const asked = all.server.requests.filter(({ request }) => request === 'server.get').map(({ payload }) => payload);
  assert.deepEqual(asked.at(-1), { servers: [near], watch: true });
  await ada.close();
});

test('only so many names are remembered, and what is kept of them is read with care', () => {
  const all = servers();
  const many = Array.from({ length: serverNames + 5 }, (_, i) => ({
    id: [...String(i).padStart(52, 'a')].map((digit) => 'abcdefghij'[Number(digit)] ?? 'a').join(''),
    name: `s${i}.example`,
  }));
  all.learn(many);
  assert.equal(all.get().size, serverNames);
  for (const bad of [undefined, {}, 'x', [null, { id: 'x', name: 'y' }, { id: one, name: 7 }]])
    assert.deepEqual(readNames(bad), []);
  assert.deepEqual(readNames([{ id: one, label: 'x', name: 'far.example', verified: true }]), [
    { id: one, name: 'far.example', verified: true },
  ]);
});

test('rooms of other servers are found, joined and named by their server', async () => {
  const all = setting(drain);
  const far = all.server.room('ops:far.example', 'bob:far.example');
  const store = memoryStore();
  const ada = await all.ada(store);
  assert.equal(ada.room('#ops')?.id, all.room.id);
  assert.equal(ada.room('#ops:far.example'), undefined);
  await assert.rejects(ada.resolve('#nothing:far.example'), { code: 'not-found' });
  await assert.rejects(ada.resolve('#ops:nowhere.example'), { code: 'not-found' });
  assert.equal((await ada.resolve('#ops:far.example')).server, far.server);
  const room = await ada.join('#ops:far.example');
  assert.equal(room.id, far.id);
  const join = all.server.requests.findLast(({ request }) => request === 'room.join');
  const joined = join?.payload as { room: string; server: string };
  assert.deepEqual([joined.room, joined.server], [far.id, 'far.example']);
  assert.equal(roomLabel(room.summary.get()), '#ops:far.example');
  assert.equal(roomLabel(ada.room('ops')!.summary.get()), '#ops');
  for (const address of ['#ops:far.example', `ops:${far.server}`, far.id, roomAddress(room.summary.get().view)])
    assert.equal(ada.room(address), room, address);
  // Held already, so nothing is asked.
  const asked = () => all.server.requests.filter(({ request }) => request !== 'server.get').length;
  const before = asked();
  assert.equal(await ada.join('#ops:far.example'), room);
  assert.equal(asked(), before);
  await ada.close();
  // The name is remembered, also where there is no connection.
  all.server.before = () => new Promise(() => {});
  const again = all.client(store);
  void again.start().catch(() => {});
  await all.runtime.settle();
  assert.equal(again.room('#ops:far.example')?.summary.get().server?.label, 'far.example');
  assert.equal(again.room('#ops')?.id, all.room.id);
  await again.close();
});

test('a room whose server cannot be asked comes when it could', async () => {
  const all = setting(drain);
  const far = all.server.room('ops:far.example', 'bob:far.example');
  const ada = await all.ada();
  all.server.before = (name) => {
    if (name === 'room.join') throw new Refusal('unavailable');
  };
  await assert.rejects(ada.join(far.id, 'far.example'), { code: 'unavailable' });
  far.members.add(ada.me.get()!.user);
  const sync = far.sync(ada.me.get()!.user, undefined, 10);
  all.server.tellAll('ada', { event: 'room.added', payload: { sync } });
  await all.runtime.settle();
  assert.equal(ada.room(far.id)?.summary.get().server?.label, far.server?.slice(0, 8));
  await ada.close();
});

test('an invitation to a room of another server is taken there', async () => {
  const all = setting(drain);
  const far = all.server.room('board:far.example');
  const ada = await all.ada();
  const view = { ...far.view(ada.me.get()!.user), me: { membership: 'invited' as const } };
  all.server.tellAll('ada', { event: 'room.invited', payload: { room: view } });
  await all.runtime.settle();
  await ada.join(far.id);
  // It comes once more, behind the reply.
  all.server.tellAll('ada', { event: 'room.invited', payload: { room: view } });
  await all.runtime.settle();
  assert.deepEqual(ada.invitations.get(), []);
  const { server } = all.server.requests.findLast(({ request }) => request === 'room.join')!.payload as {
    server?: string;
  };
  assert.equal(server, far.server);
  await ada.close();
});
