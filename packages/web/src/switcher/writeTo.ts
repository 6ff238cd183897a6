/** A room for two: found by its name, or opened, with the other one invited. */
import type { Client } from '@parley/client';
import { type Person, type SignedIn, serverOf } from '@parley/protocol';
import { codeOf } from '../ui/explain.ts';

const tries = 5;

/** Resolves with the alias of the room. */
export async function writeTo(client: Client, me: SignedIn, person: Person): Promise<string> {
  // People of other servers may have the same name.
  const other = person.server === undefined ? person.name : `${person.name}-${serverOf(person.id).slice(0, 8)}`;
  const pair = [me.name, other].toSorted().join('-').slice(0, 56);
  for (let i = 1; i <= tries; i++) {
    const alias = i === 1 ? pair : `${pair}-${i}`;
    const held = client.room(alias)?.summary.get().view;
    if (held && held.joinRule !== 'public') return alias;
    try {
      const room = await client.create({ alias, joinRule: 'invite', listed: false, history: 'all' });
      await client.request('member.invite', { room: room.id, user: person.id, clientId: client.newClientId() });
      return alias;
    } catch (error) {
      if (codeOf(error) !== 'name-taken' || i === tries) throw error;
    }
  }
  return pair;
}
