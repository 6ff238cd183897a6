/** What people are called, from what was seen; the longest unseen are forgotten first. */
import { type Person, type RawEntry, serverOf } from '@parley/protocol';
import { people } from './limits.ts';

export class People {
  readonly #held = new Map<string, Person>();
  readonly #told: (server: string, label: string) => void;

  /** @param told called with what the servers of people from elsewhere were called */
  constructor(told: (server: string, label: string) => void = () => {}) {
    this.#told = told;
  }

  get(user: string): Person | undefined {
    return this.#held.get(user);
  }

  all(): Iterable<Person> {
    return this.#held.values();
  }

  /** Everybody whose name is this one, whatever their server. */
  named(name: string): Person[] {
    const wanted = name.toLowerCase();
    return [...this.#held.values()].filter((person) => person.name.toLowerCase() === wanted);
  }

  see(person: Person): void {
    if (person.server !== undefined) this.#told(serverOf(person.id), person.server);
    this.#held.delete(person.id);
    this.#held.set(person.id, person);
    if (this.#held.size <= people) return;
    for (const oldest of this.#held.keys()) {
      this.#held.delete(oldest);
      return;
    }
  }

  /** Learns the author of an entry; entries do not tell bots and guests from others. */
  seeAuthor(entry: RawEntry): void {
    if (entry.clerk) return;
    const { user: id, name, display, server } = entry;
    const held = this.#held.get(id);
    if (held && held.name === name && held.display === display && held.server === server) return;
    this.see({
      id,
      name,
      ...(display !== undefined && { display }),
      ...(server !== undefined && { server }),
      kind: held?.kind ?? (isImported(entry) ? 'imported' : 'person'),
    });
  }
}

const isImported = (entry: RawEntry): boolean => (entry.data as { imported?: boolean } | undefined)?.imported === true;
