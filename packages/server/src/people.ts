/** Names of people, cached: every entry that is shown needs some. */
import type { Person } from '@parley/protocol';
import { Lru } from './lru.ts';
import type { Store } from './store/store.ts';
import type { PersonRecord } from './store/user.ts';

const cap = 20_000;

export class People {
  readonly #store: Store['person'];
  readonly #byId = new Lru<string, PersonRecord>(cap);
  readonly #byNumber = new Lru<number, PersonRecord>(cap);

  constructor(store: Store['person']) {
    this.#store = store;
  }

  put(person: PersonRecord): void {
    this.#byId.set(person.id, person);
    this.#byNumber.set(person.n, person);
  }

  forget(person: PersonRecord): void {
    this.#byId.delete(person.id);
    this.#byNumber.delete(person.n);
  }

  /** What is cached; call {@link load} before. */
  get(id: string): PersonRecord | undefined {
    return this.#byId.get(id);
  }

  /** Makes sure that all of these that exist are cached. */
  async load(ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#byId.get(id));
    for (let at = 0; at < missing.length; at += 500)
      for (const person of await this.#store.many(missing.slice(at, at + 500))) this.put(person);
  }

  async one(id: string): Promise<PersonRecord | undefined> {
    await this.load([id]);
    return this.#byId.get(id);
  }
}

export function personView(person: PersonRecord): Person {
  return {
    id: person.id,
    name: person.name,
    ...(person.display === null ? {} : { display: person.display }),
    kind: person.kind,
  };
}
