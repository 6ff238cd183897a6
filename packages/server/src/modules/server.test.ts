import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerReach } from '@parley/protocol';
import { TestHomes } from '../federation/testing-homes.ts';
import { ServerWatch } from '../server-watch.ts';
import type { Session } from '../session.ts';

describe('names of servers', () => {
  it('are told to everybody, with whether the server can be reached', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const guest = await two.server.guest('gil');
    const stranger = 'a'.repeat(52);
    const get = () => guest.request('server.get', { servers: [one.id, two.id, stranger, one.id] });
    const unknown = { id: stranger, verified: false, isLinked: false };
    assert.deepEqual(await get(), {
      servers: [{ id: one.id, name: 's1.example', verified: false, isLinked: true }, unknown],
    });
    await one.stop();
    await homes.settled();
    assert.deepEqual(await get(), {
      servers: [{ id: one.id, name: 's1.example', verified: false, isLinked: false }, unknown],
    });
  });

  it('are told again when they change, to those who watch', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const guest = await two.server.guest('gil');
    const other = await two.server.guest('hal');
    const told = (who: typeof guest) =>
      who.events.flatMap(({ event, payload }) => (event === 'server.changed' ? [payload] : []));
    await guest.request('server.get', { servers: [one.id, two.id], watch: true });
    await other.request('server.get', { servers: [one.id] });
    homes.cut.add('s1>s2').add('s2>s1');
    await homes.advance(60_000, 5_000);
    homes.cut.clear();
    await homes.advance(400_000, 5_000);
    const reach = { id: one.id, name: 's1.example', verified: false };
    assert.deepEqual(told(guest), [
      { ...reach, isLinked: false },
      { ...reach, isLinked: true },
    ]);
    assert.deepEqual(told(other), []);
  });

  it('are told of the last thousand that a connection named, until it ends', async () => {
    const { watch, told, linked, leaves } = watching(3);
    watch(['a', 'b', 'c']);
    watch(['a', 'd']);
    for (const server of ['a', 'b', 'c', 'd', 'own']) linked(server);
    assert.deepEqual(told(), ['a', 'c', 'd']);
    leaves();
    linked('a');
    assert.deepEqual(told(), []);
  });
});

/** A watch with so many places for each connection, and one connection. */
function watching(serversWatched: number) {
  const session = {} as Session;
  const topics = new Set<string>();
  let signalled: string[] = [];
  let linked = (_server: string): void => {};
  let out = (_session: Session): void => {};
  const watch = new ServerWatch({
    peers: { isLinked: () => true, whenLinked: (listener) => (linked = listener), whenLost() {} },
    names: { nameOf: () => undefined, whenChanged() {} },
    hub: {
      all: new Set([session]),
      listen: (_session, topic) => topics.add(topic).has(topic),
      unlisten: (_session, topic) => topics.delete(topic),
      signal: (topic, { payload }) => {
        if (topics.has(topic)) signalled.push((payload as ServerReach).id);
      },
      whenOut: (listener) => (out = listener),
    },
    runtime: {
      turnEnd(callback) {
        callback();
        return () => {};
      },
    },
    limits: { serversWatched },
    id: 'own',
  });
  return {
    watch: (servers: string[]) => watch.watch(session, servers),
    linked: (server: string) => linked(server),
    leaves: () => out(session),
    told() {
      const told = signalled;
      signalled = [];
      return told;
    },
  };
}
