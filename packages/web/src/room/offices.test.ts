import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client, Room, Status } from '@parley/client';
import type { MemberView, Role, ServerEvent } from '@parley/protocol';
import { createOffices } from './offices.ts';

/** A room of these members, on a connection that comes and goes. */
function roomOf(roles: Record<string, Role>) {
  let status: Status = { state: 'offline', retryAt: 0 };
  let asked = 0;
  const watching = new Set<() => void>();
  let heard: (event: ServerEvent) => void = () => undefined;
  const client = {
    status: {
      get: () => status,
      subscribe(listener: () => void) {
        watching.add(listener);
        return () => watching.delete(listener);
      },
    },
    async *events(signal?: AbortSignal) {
      while (!signal?.aborted) yield await new Promise<ServerEvent>((resolve) => (heard = resolve));
    },
  } as unknown as Pick<Client, 'status' | 'events'>;
  const room: Pick<Room, 'id' | 'members'> = {
    id: 'ops',
    async members() {
      asked++;
      const members = Object.entries(roles).map(([id, role]) => ({ person: { id }, role }) as MemberView);
      return { members, more: false, total: members.length };
    },
  };
  return {
    offices: createOffices(client, room),
    asked: () => asked,
    async connection(state: 'online' | 'offline') {
      status = state === 'online' ? { state } : { state, retryAt: 0 };
      for (const listener of watching) listener();
      await settled();
    },
    async happens(kind: string, data: object, where = 'ops') {
      heard({ event: 'entry.appended', payload: { room: where, kind, data } } as unknown as ServerEvent);
      await settled();
    },
  };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('those who run a room have an office, others have none', async () => {
  const { offices, connection } = roomOf({
    mira: 'owner',
    jun: 'admin',
    ilse: 'moderator',
    hana: 'member',
    x: 'guest',
  });
  const stop = offices.start();
  assert.equal(offices.of('mira'), undefined, 'not asked yet');
  await connection('online');
  assert.deepEqual(['mira', 'jun', 'ilse', 'hana', 'x', 'nobody'].map(offices.of), [
    'owner',
    'admin',
    'moderator',
    undefined,
    undefined,
    undefined,
  ]);
  stop();
});

test('an office is given, changed, and ends with the role, by leaving, and by a ban', async () => {
  const { offices, connection, happens, asked } = roomOf({ mira: 'owner', ilse: 'moderator', jun: 'admin' });
  let told = 0;
  const unsubscribe = offices.subscribe(() => told++);
  const stop = offices.start();
  await connection('online');
  await happens('role', { subject: 'hana', role: 'moderator' });
  assert.equal(offices.of('hana'), 'moderator');
  assert.equal(told, 2);
  await happens('role', { subject: 'hana', role: 'admin' });
  assert.equal(offices.of('hana'), 'admin');
  await happens('role', { subject: 'hana', role: 'member' });
  await happens('member', { subject: 'ilse', change: 'leave' });
  await happens('member', { subject: 'jun', change: 'ban' });
  await happens('member', { subject: 'mira', change: 'kick' }, 'another-room');
  await happens('member', { subject: 'mira', change: 'invite' });
  assert.deepEqual(['mira', 'ilse', 'jun', 'hana'].map(offices.of), ['owner', undefined, undefined, undefined]);
  assert.equal(asked(), 1);
  unsubscribe();
  stop();
});

test('what happened without a connection is asked for when it is back', async () => {
  const roles: Record<string, Role> = { mira: 'owner', ilse: 'moderator' };
  const { offices, connection, asked } = roomOf(roles);
  const stop = offices.start();
  await connection('online');
  await connection('offline');
  roles.ilse = 'member';
  assert.equal(offices.of('ilse'), 'moderator');
  await connection('online');
  assert.equal(offices.of('ilse'), undefined);
  stop();
  await connection('offline');
  await connection('online');
  assert.equal(asked(), 2);
});
