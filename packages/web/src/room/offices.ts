/** Who runs a room, for the tag beside their names: asked whenever there is a connection again, followed in between. */
import type { Client, Room } from '@parley/client';
import type { RawEntry, Role } from '@parley/protocol';
import { onEntry } from './onEntries.ts';

export type Office = Extract<Role, 'owner' | 'admin' | 'moderator'>;

export interface Offices {
  of(user: string): Office | undefined;
  subscribe(listener: () => void): () => void;
  /** Begins to ask and to follow; returns what stops it. */
  start(): () => void;
}

/** Lists of members begin with those who hold an office; more than these go without a tag. */
const most = 100;
const changes = new Set(['role', 'member']);
const ends = new Set(['leave', 'kick', 'ban']);

const isOffice = (role: string): role is Office => role === 'owner' || role === 'admin' || role === 'moderator';

export function createOffices(client: Pick<Client, 'status' | 'events'>, room: Pick<Room, 'id' | 'members'>): Offices {
  let held: ReadonlyMap<string, Office> = new Map();
  const listeners = new Set<() => void>();
  const put = (next: ReadonlyMap<string, Office>) => {
    held = next;
    for (const listener of listeners) listener();
  };
  const ask = async () => {
    const reply = await room.members({ limit: most }).catch(() => undefined);
    if (!reply) return;
    put(new Map(reply.members.flatMap(({ person, role }) => (isOffice(role) ? [[person.id, role] as const] : []))));
  };
  const take = ({ kind, data }: RawEntry) => {
    const { subject = '', role = '', change = '' } = data as { subject?: string; role?: string; change?: string };
    const next = new Map(held);
    if (kind === 'role' && isOffice(role)) next.set(subject, role);
    else if (kind === 'role' || ends.has(change)) next.delete(subject);
    put(next);
  };
  return {
    of: (user) => held.get(user),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start() {
      let online = false;
      const look = () => {
        const was = online;
        online = client.status.get().state === 'online';
        if (online && !was) void ask();
      };
      look();
      const stops = [client.status.subscribe(look), onEntry(client, room.id, changes, take)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
