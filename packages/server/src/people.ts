/** Names of people, cached: every entry that is shown needs some. */
import { type Person, serverOf } from '@parley/protocol';
import { Lru } from './lru.ts';
import type { Store } from './store/store.ts';
import type { PersonRecord } from './store/user.ts';

const cap = 20_000;
/** Letters of a key that stand for a name nobody told. */
const shortLength = 8;
export const shortId = (id: string): string => id.slice(0, shortLength);

export class People {
  readonly #store: Store['person'];
  readonly #byId = new Lru<string, PersonRecord>(cap);

  readonly #serverId: string;

  constructor(store: Store['person'], serverId: string) {
    this.#store = store;
    this.#serverId = serverId;
  }

  put(person: PersonRecord): void {
    this.#byId.set(person.id, person);
  }

  forget(person: { id: string }): void {
    this.#byId.delete(person.id);
  }

  /** What is cached; call {@link load} before. */
  get(id: string): PersonRecord | undefined {
    return this.#byId.get(id);
  }

  /** Makes sure that all of these that exist are cached; for no more than a page of entries needs. */
  async load(ids: Iterable<string>): Promise<void> {
    await this.all(ids);
  }

  /** All of these that exist, however many. */
  async all(ids: Iterable<string>): Promise<Map<string, PersonRecord>> {
    const found = new Map<string, PersonRecord>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const person = this.#byId.get(id);
      if (person) found.set(id, person);
      else missing.push(id);
    }
    // A list of a whole town would push everybody else out.
    const keeps = missing.length <= cap / 10;
    for (let at = 0; at < missing.length; at += 500)
      for (const person of await this.#store.many(missing.slice(at, at + 500))) {
        if (keeps) this.put(person);
        found.set(person.id, person);
      }
    return found;
  }

  async one(id: string): Promise<PersonRecord | undefined> {
    return (await this.all([id])).get(id);
  }

  /** Somebody as others see them. */
  view(person: PersonRecord): Person {
    const server = serverOf(person.id);
    return {
      id: person.id,
      name: person.name,
      ...(person.display === null ? {} : { display: person.display }),
      ...(server === this.#serverId ? {} : { server: shortId(server) }),
      kind: person.kind,
    };
  }
}
