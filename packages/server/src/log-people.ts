/** The people of a log that came from elsewhere: whoever this server does not know gets a row, so that entries have authors. */
import { type Infer, serverOf, type userId } from '@parley/protocol';
import { type People, shortId } from './people.ts';
import { randomNumber } from './rooms.ts';
import type { Runtime } from './runtime.ts';
import type { Store } from './store/store.ts';
import { logLabel, type PersonRecord } from './store/user.ts';

/** What a log says of a person: the log itself holds no names, so these are claims, good for showing only. */
export interface Named {
  user: Infer<typeof userId>;
  name: string;
  display?: string;
  /** Where another server tells it; else only a log does. */
  kind?: PersonRecord['kind'];
}

interface Needs {
  store: Pick<Store, 'person'>;
  people: People;
  here: { id: string };
  runtime: Runtime;
}

/** Makes sure that all of `users` have a row; returns their numbers by id. Names of people who are known here stay. */
export async function numbersOf(
  { store, people, here, runtime }: Needs,
  users: readonly string[],
  named: ReadonlyMap<string, Named>,
): Promise<Map<string, number>> {
  const known = await people.all(users);
  const missing = users.filter((user) => !known.has(user));
  if (missing.length > 0) {
    const made = missing.map((id): PersonRecord => {
      const { name = shortId(id), display = null, kind = 'imported' } = named.get(id) ?? {};
      return {
        n: randomNumber(runtime),
        id,
        name,
        display,
        kind: serverOf(id) === here.id ? 'person' : kind,
        serverRole: 'user',
        password: null,
        createdAt: runtime.now(),
        erased: false,
      };
    });
    await store.person.insertAll(made.map((person) => ({ person, label: logLabel(person.id) })));
    for (const [id, person] of await people.all(missing)) known.set(id, person);
  }
  return new Map([...known].map(([id, { n }]) => [id, n]));
}
