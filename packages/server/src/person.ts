/** Makes people: accounts, guests who speak, bots, imported authors. */
import { Refusal, toBase32 } from '@parley/protocol';
import type { Context } from './context.ts';
import { randomNumber } from './rooms.ts';
import { nameLabel, type PersonRecord } from './store/user.ts';

type Wanted = Pick<PersonRecord, 'name' | 'display' | 'kind' | 'password' | 'serverRole'>;
type Needs = Pick<Context, 'here' | 'runtime' | 'store' | 'people'>;

/** A person with a fresh random id, stored nowhere yet. */
export function draftPerson({ here, runtime }: Pick<Context, 'here' | 'runtime'>, wanted: Wanted): PersonRecord {
  const id = `${toBase32(runtime.randomBytes(10))}.${here.id}`;
  return { ...wanted, n: randomNumber(runtime), id, createdAt: runtime.now(), erased: false };
}

/** Stores a person; refuses with `name-taken`. */
export async function newPerson(context: Needs, wanted: Wanted, label = nameLabel(wanted.name)): Promise<PersonRecord> {
  const person = draftPerson(context, wanted);
  if (context.here.guests?.nameTaken(wanted.name) && wanted.kind !== 'guest') throw new Refusal('name-taken');
  if (!(await context.store.person.insert(person, label))) throw new Refusal('name-taken');
  context.people.put(person);
  return person;
}
