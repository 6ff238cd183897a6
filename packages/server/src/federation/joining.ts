/** Joins a room of another server that this one follows: an act like any other, for one whose wish is on disk. */
import { type ErrorCode, Refusal } from '@parley/protocol';
import { refusalOf } from '../draft.ts';
import type { Rooms } from '../rooms.ts';
import type { PersonRecord } from '../store/user.ts';
import type { Decisions } from './decisions.ts';

/** Resolves when it stands in the log; refuses as the clerk does. */
export async function joinFollowed(
  rooms: Pick<Rooms, 'submit'>,
  decisions: Decisions,
  room: string,
  person: PersonRecord,
  clientId: string,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  const decided = (code: ErrorCode | undefined): void => (code ? reject(new Refusal(code)) : resolve());
  const stop = decisions.wait(room, person.id, clientId, decided);
  const guest = person.kind === 'guest' ? { guest: true } : {};
  const data = { change: 'join', subject: person.id, ...guest };
  try {
    const [outcome] = await rooms.submit(room, [
      { author: person, device: '', clientId, kind: 'member', data, subject: person },
    ]);
    if (outcome?.type === 'queued') await promise;
    else if (outcome?.type === 'refused' && outcome.code !== 'already-a-member') throw refusalOf(outcome);
  } finally {
    stop();
  }
}
