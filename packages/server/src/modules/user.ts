/** People as others see them. */
import type { Handlers, Protocol } from '@parley/protocol';
import type { Context } from '../context.ts';
import { peopleOf } from '../elsewhere.ts';

const most = 20;

export const user: Handlers<Protocol['user'], Context> = {
  async get({ people }, { users }) {
    const found = await people.all(users);
    return { people: [...found.values()].map((person) => people.view(person)) };
  },
  async find(context, { prefix, server }) {
    const { store, people } = context;
    if (server !== undefined) return { people: await peopleOf(context, server, prefix.toLowerCase()) };
    const found = await store.person.find(prefix.toLowerCase(), most);
    return { people: found.map((person) => people.view(person)) };
  },
};
