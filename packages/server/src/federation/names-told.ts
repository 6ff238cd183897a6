/**
 * What people are called, told from server to server: the log holds ids alone. A name is a claim, good for showing; the
 * first one stays until the person's own server tells another.
 */
import { type NamedPerson, serverOf } from '@parley/protocol';
import { numbersOf } from '../log-people.ts';
import type { People } from '../people.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/store.ts';

export interface NamesOptions {
  readonly people: People;
  readonly store: Pick<Store, 'person'>;
  readonly runtime: Runtime;
  readonly here: { id: string };
}

export class Names {
  readonly #options: NamesOptions;

  constructor(options: NamesOptions) {
    this.#options = options;
  }

  /** Those of these people whom this server knows, each once. */
  async of(users: Iterable<string>): Promise<NamedPerson[]> {
    const found = await this.#options.people.all(users);
    return [...found.values()].map(({ id, name, display, kind }) => {
      return { user: id, name, ...(display === null ? {} : { display }), ...(kind === 'person' ? {} : { kind }) };
    });
  }

  /** The numbers of these people, by id; who is new here gets a row, with the name that is told. */
  async numbers(users: readonly string[], told: readonly NamedPerson[]): Promise<Map<string, number>> {
    return numbersOf(
      this.#options,
      users,
      new Map(told.map((person) => [person.user, { kind: 'person' as const, ...person }])),
    );
  }

  /** New names of people of the server that tells them; returns those that changed. */
  async renamed(from: string, told: readonly NamedPerson[]): Promise<string[]> {
    const { people, store } = this.#options;
    const own = told.filter(({ user }) => serverOf(user) === from);
    const known = await people.all(own.map(({ user }) => user));
    const changed: string[] = [];
    for (const { user, name, display = null } of own) {
      const person = known.get(user);
      if (!person || (person.name === name && person.display === display)) continue;
      await store.person.rename(person.n, name, display);
      people.forget(person);
      changed.push(user);
    }
    return changed;
  }
}
