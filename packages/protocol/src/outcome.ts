/** What becomes of an act. A client's outbox keeps a row until its outcome, not its ack. */
import { event } from './define.ts';
import { count, literal, oneOf, text, view } from './field.ts';
import { clientId, roomId } from './id.ts';

const entered = view({ outcome: literal('entry'), term: count(), seq: count(), at: count() });
const queued = view({ outcome: literal('queued') });
const refused = view({ outcome: literal('refused'), code: text(32) });

/** `entry`: it stands in the log, on disk. `queued`: this server keeps it until the room's clerk has decided. */
export const actReply = oneOf(entered, queued);

export const outcome = {
  decided: event({
    about: 'The outcome of an act that was queued.',
    payload: view({ room: roomId, clientId, outcome: oneOf(entered, refused) }),
  }),
};
