/** What others are told of an account while it is used: all of it, unless it says otherwise. */
import { event, request } from './define.ts';
import { flag, type Infer, record, view } from './field.ts';

const told = { typing: flag(), presence: flag(), receipts: flag() };

/** Whether others hear that one types, that one is there, and how far one has read. */
export const privacyRules = view(told);
export type PrivacyRules = Infer<typeof privacyRules>;

export const privacy = {
  get: request({
    about: 'What others are told of this account: that it types, that it is there, how far it has read.',
    from: 'account',
    payload: record({}),
    reply: privacyRules,
  }),
  set: request({
    about: 'Says what others are told from now on; what is not told any more is taken back where it is known.',
    from: 'account',
    rate: 'create',
    payload: record(told),
    reply: privacyRules,
  }),
  changed: event({ about: 'It was set on another device.', payload: privacyRules }),
};
