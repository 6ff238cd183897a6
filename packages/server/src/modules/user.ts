/** People as others see them. */
import type { Handlers, Protocol } from '@parley/protocol';
import type { Context } from '../context.ts';

const most = 20;

export const user: Handlers<Protocol['user'], Context> = {
  async get({ people }, { users }) {
    const found = await people.all(users);
    return { people: [...found.values()].map((person) => people.view(person)) };
  },
  async find({ store, people }, { prefix }) {
    const found = await store.person.find(prefix.toLowerCase(), most);
    return { people: found.map((person) => people.view(person)) };
  },
};
