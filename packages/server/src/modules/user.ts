/** People as others see them. */
import type { Handlers, Protocol } from '@parley/protocol';
import type { Context } from '../context.ts';
import { personView } from '../people.ts';

const found = 20;

export const user: Handlers<Protocol['user'], Context> = {
  async get({ people }, { users }) {
    await people.load(users);
    return { people: users.flatMap((id) => people.get(id) ?? []).map(personView) };
  },
  async find({ store }, { prefix }) {
    const people = await store.person.find(prefix.toLowerCase(), found);
    return { people: people.map(personView) };
  },
};
