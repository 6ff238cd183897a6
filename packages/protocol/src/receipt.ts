/** How far others have read: nothing but where their own markers stand, told while they want it told. Never stored. */
import { event, request } from './define.ts';
import { count, list, record, text, view } from './field.ts';
import { roomId, userId } from './id.ts';
import { limits } from './limits.ts';

/** Up to where somebody has read. */
const reader = view({ user: userId, name: text(limits.displayName), seq: count() });
const readers = list(reader, limits.receiptMembers);

export const receipt = {
  list: request({
    about:
      'Up to where members of a room have read; nothing in rooms with more than 100 members. What servers of others say comes as events.',
    from: 'guest',
    room: { as: 'reader' },
    payload: record({ room: roomId }),
    reply: view({ readers }),
  }),
  changed: event({
    about:
      'Members of a room that you follow have read up to here; several at once, half a second apart. 0 = not told any more.',
    payload: view({ room: roomId, readers }),
  }),
};
