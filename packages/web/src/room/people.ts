/** Who may be meant by `@name` in a room: the first page of members, and those whose names were typed. */
import type { Client, Room } from '@parley/client';
import { limits, type Person } from '@parley/protocol';
import { namesIn } from './fold.ts';

/** Names of a large room are asked for as they are typed. */
const firstPage = 200;
const kept = 2_000;

export interface RoomPeople {
  /** Who is known now; asks for more and calls `changed` when it arrives. */
  known(query: string, changed: () => void): readonly Person[];
  /** Ids that a text means: picked ones first, then names that only one person has. */
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
      for (const name of namesIn(text)) {
        const one = picked.get(name.toLowerCase()) ?? only(people, name);
        if (one && found.size < limits.mentions) found.add(one);
      }
      return [...found];
    },
  };
}

/** The id of the only person of this name. */
function only(people: readonly Person[], name: string): string | undefined {
  const found = people.filter((person) => person.name.toLowerCase() === name.toLowerCase());
  return found.length === 1 ? found[0]?.id : undefined;
}
