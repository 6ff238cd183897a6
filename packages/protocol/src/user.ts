/** People as others see them. */
import { event, request } from './define.ts';
import { choice, type Infer, line, list, optional, record, text, view } from './field.ts';
import { serverLabel, userId } from './id.ts';
import { limits } from './limits.ts';

export const accountKinds = ['person', 'guest', 'bot', 'imported'] as const;
export const person = view({
  id: userId,
  name: text(limits.displayName),
  display: optional(text(limits.displayName)),
  /** Label of the server when it is not this one. */
  server: optional(text(255)),
  kind: choice(accountKinds),
});
export type Person = Infer<typeof person>;

export const user = {
  get: request({
    about: 'Names of people by their ids; ids that are unknown here are left out.',
    from: 'guest',
    payload: record({ users: list(userId, limits.people) }),
    reply: view({ people: list(person, limits.people) }),
  }),
  find: request({
    about: 'People of this server, or of the one that is named, whose name begins with a text.',
    from: 'account',
    payload: record({ prefix: line(limits.displayName), server: optional(serverLabel) }),
    reply: view({ people: list(person, limits.people) }),
    errors: ['not-found', 'unavailable'],
  }),
  changed: event({ about: 'Somebody you share a room with has a new name to show.', payload: view({ person }) }),
};
