/** (room, user, clientId) stands once in a log, so that what is sent again is found and not done again. */
import { type MessageRef, serverOf } from '@parley/protocol';
import type { What } from './header.ts';

const freeing = new Set(['wrong-epoch', 'epoch-too-old', 'too-fast', 'duplicate']);

/** Whether a refusal leaves the clientId free for another try; a `duplicate` leaves it to what was done before. */
export const freesClientId = (code: string): boolean => freeing.has(code);

/**
 * The name that an entry or tombstone uses up; undefined when it uses up none. A server cannot use up names of another
 * server's people.
 */
export function nameOf(what: What): MessageRef | undefined {
  if (what.type === 'clerk') return { user: what.act.user, clientId: what.act.clientId };
  if (what.type !== 'envelope' && what.type !== 'tombstone') return undefined;
  if (what.type === 'tombstone' && freesClientId(what.code)) return undefined;
  const { user, clientId } = what.type === 'tombstone' ? what : what.act;
  return serverOf(user) === what.stamp.origin ? { user, clientId } : undefined;
}
