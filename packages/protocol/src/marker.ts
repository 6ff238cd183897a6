/** The read marker: one for each account and room, the same on every device. */
import { event, request } from './define.ts';
import { count, record, view } from './field.ts';
import { roomId } from './id.ts';

const state = { room: roomId, marker: count(), unread: count(), mentions: count() };

export const marker = {
  set: request({
    about: 'Everything up to `seq` is read. A smaller seq than before marks as unread.',
    from: 'guest',
    room: { as: 'reader' },
    rate: 'signal',
    payload: record({ room: roomId, seq: count() }),
    reply: view(state),
  }),
  changed: event({ about: 'The marker moved on this or another device.', payload: view(state) }),
};
