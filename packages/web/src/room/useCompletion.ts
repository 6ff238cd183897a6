/** What the popup over the composer offers: people, rooms, commands and emoji by the one engine of the client. */
import type { Client, Room } from '@parley/client';
import { type CompletionItem, complete, usable } from '@parley/client/command';
import type { Person } from '@parley/protocol';
import { useMemo, useReducer, useState } from 'react';
import type { RoomPeople } from './people.ts';

export interface Choice {
  item: CompletionItem;
  /** Of an item of kind person. */
  person: Person | undefined;
}

export interface Completion {
  choices: readonly Choice[];
  index: number;
  /** What was typed after the sign. */
  query: string;
  /** What is typed is whole already: Enter may send. */
  exact: boolean;
  /** Which one is chosen; goes round. */
  move(by: 1 | -1): void;
  choose(index: number): void;
  /** Until something else is begun. */
  close(): void;
  /** The text with a choice in place of what was begun, and where the caret goes. */
  apply(index: number): { text: string; caret: number; picked: { name: string; id: string } | undefined } | undefined;
}

export interface CompletionOptions {
  client: Client;
  room: Room;
  people: RoomPeople;
  text: string;
  caret: number;
}

const none = { from: 0, to: 0, items: [] as CompletionItem[] };

export function useCompletion({ client, room, people, text, caret }: CompletionOptions): Completion {
  const [arrived, changed] = useReducer((count: number) => count + 1, 0);
  const [closed, setClosed] = useState<number>();
  const [chosen, setChosen] = useState({ at: '', index: 0 });
  const begun = useMemo(() => {
    const before = text.slice(0, caret);
    // Most keystrokes begin nothing: then nothing is looked up.
    const sign = /(?:^|[\s([{"'])([@#:/])[^\s@#/]{0,64}$/u.exec(before)?.[1];
    if (!sign && !before.startsWith('/')) return none;
    const query = before.slice(before.lastIndexOf('@') + 1);
    const found = complete(text, caret, {
      people: sign === '@' ? people.known(query, changed) : [],
      rooms: sign === '#' ? client.rooms.get() : [],
      servers: client.servers,
      commands: usable(room.summary.get().view, client.me.get()),
      limit: arrived >= 0 ? 8 : 0,
    });
    return found ?? none;
  }, [text, caret, people, client, room, arrived]);
  const { from, to, items } = begun.from === closed && begun !== none ? none : begun;
  const place = text.slice(from, to);
  const index = chosen.at === place ? Math.min(chosen.index, Math.max(0, items.length - 1)) : 0;
  const choices = useMemo(() => items.map((item) => ({ item, person: personOf(item, people) })), [items, people]);
  return {
    choices,
    index,
    query: place.replace(/^[@#:/]/, ''),
    exact: items.some(({ insert }) => insert.trim().toLowerCase() === place.toLowerCase()),
    move: (by) => setChosen({ at: place, index: (index + by + items.length) % Math.max(1, items.length) }),
    choose: (next) => setChosen({ at: place, index: next }),
    close: () => setClosed(from),
    apply(at) {
      const choice = choices[at];
      if (!choice) return undefined;
      const rest = text.slice(to);
      const insert = rest.startsWith(' ') ? choice.item.insert.trimEnd() : choice.item.insert;
      return { text: text.slice(0, from) + insert + rest, caret: from + insert.length, picked: pickedOf(choice.item) };
    },
  };
}

/** Who was picked, by what stands for them in the text, in small letters. */
const pickedOf = ({ user, insert }: CompletionItem) =>
  user === undefined ? undefined : { name: insert.trim().replace(/^@/, '').toLowerCase(), id: user };

function personOf({ user }: CompletionItem, people: RoomPeople): Person | undefined {
  return user === undefined ? undefined : people.known('', () => undefined).find(({ id }) => id === user);
}
