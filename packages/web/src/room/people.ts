/** Who may be meant by `@name` in a room: the first page of members, and those whose names were typed. */
import { type Client, personMeant, type Room } from '@parley/client';
import { limits, type Person } from '@parley/protocol';
import { namesIn } from './fold.ts';

/** Names of a large room are asked for as they are typed. */
const firstPage = 200;
const kept = 2_000;

export interface RoomPeople {
  /** Who is known now; asks for more and calls `changed` when it arrives. */
  known(query: string, changed: () => void): readonly Person[];
  /** Ids that a text means: picked ones first, by `name` or `name:server`, then names that mean one person alone. */
  mentionsIn(text: string, picked: ReadonlyMap<string, string>): string[];
}

export function createRoomPeople(client: Client, room: Room): RoomPeople {
  let people: readonly Person[] = [];
  const asked = new Set<string>();
  let complete = false;
  const ask = async (query: string, changed: () => void) => {
    const reply = await room.members(query === '' ? { limit: firstPage } : { query, limit: 20 }).catch(() => undefined);
    if (!reply) {
      asked.delete(query);
      return;
    }
    const me = client.me.get()?.user;
    const held = new Set(people.map(({ id }) => id));
    const added = reply.members.map(({ person }) => person).filter(({ id }) => id !== me && !held.has(id));
    people = [...people, ...added].slice(-kept);
    if (query === '') complete = !reply.more;
    changed();
  };
  return {
    known(query, changed) {
      const wanted = asked.has('') ? query.slice(0, limits.displayName) : '';
      if (!complete && !asked.has(wanted)) {
        asked.add(wanted);
        void ask(wanted, changed);
      }
      return people;
    },
    mentionsIn(text, picked) {
      const found = new Set<string>();
      for (const typed of namesIn(text.toLowerCase())) {
        const [name = '', server] = typed.split(':');
        const named = people.filter((person) => person.name.toLowerCase() === name);
        const one = picked.get(typed) ?? picked.get(name) ?? personMeant(named, server, client.servers)?.id;
        if (one && found.size < limits.mentions) found.add(one);
      }
      return [...found];
    },
  };
}
