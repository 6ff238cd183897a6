/** What those who run the server have to say to everybody on it: one notice at a time, until it is withdrawn. */
import { event, request } from './define.ts';
import { count, type Infer, optional, record, text, view } from './field.ts';
import { limits } from './limits.ts';

/** `at` tells one from another and grows, Unix ms. */
export const serverNotice = view({ text: text(limits.notice), at: count() });
export type ServerNotice = Infer<typeof serverNotice>;

const standing = view({
  /** Absent: there is none. */
  notice: optional(serverNotice),
});

export const notice = {
  get: request({
    about: 'The notice that stands now, if one does.',
    from: 'guest',
    payload: record({}),
    reply: standing,
  }),
  set: request({
    about: 'Shows a notice to everybody on this server, in the place of the one before.',
    from: 'operator',
    rate: 'create',
    payload: record({ text: text(limits.notice) }),
    reply: view({ notice: serverNotice }),
    errors: ['bad-request'],
  }),
  withdraw: request({
    about: 'Shows no notice any more.',
    from: 'operator',
    rate: 'create',
    payload: record({}),
    reply: view({}),
    errors: ['not-found'],
  }),
  changed: event({ about: 'There is another notice, or none any more.', payload: standing }),
};
