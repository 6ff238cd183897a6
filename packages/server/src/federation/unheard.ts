/**
 * Acts whose outcome stands in the part of a log that this server took over as a state: no entry will ever say it here, so
 * the clerk is asked for it.
 */
import { type ErrorCode, isErrorCode } from '@parley/protocol';
import { decodeAct, decodeHeader } from '@parley/room';
import type { OutboxRow } from '../store/entry-outbox.ts';
import type { Store } from '../store/store.ts';
import type { Peers } from './peers.ts';
import type { Place } from './settling.ts';

export interface UnheardOptions {
  readonly store: Pick<Store, 'outbox'>;
  readonly peers: Pick<Peers, 'ask'>;
  readonly refused: (room: string, user: string, clientId: string, code: ErrorCode) => void;
  readonly repeated: (room: string, user: string, clientId: string, place: Place) => void;
}

/**
 * Settles these rows of the outbox. Resolves with whether all of them had an outcome: under the number of one that had
 * none stands another act. Rejects with `unavailable`.
 * @param otherwise what those are told whose outcome the log does not name; without it they wait on
 */
export async function settleUnheard(
  { store, peers, refused, repeated }: UnheardOptions,
  { id, n, clerk }: { id: string; n: number; clerk: string },
  rows: readonly OutboxRow[],
  otherwise?: ErrorCode,
): Promise<boolean> {
  for (const row of rows) {
    const { clientId } = row;
    const { user } = decodeAct(row.act);
    const asked = { room: id, user, clientId };
    const { header } = await peers.ask(clerk, 'outcome', asked, { priority: 'message', flow: id });
    if (!header && otherwise === undefined) return false;
    await store.outbox.remove(n, [row]);
    if (!header) {
      refused(id, user, clientId, otherwise!);
      continue;
    }
    const { what, pos, at } = decodeHeader(header);
    if (what.type === 'tombstone') refused(id, user, clientId, isErrorCode(what.code) ? what.code : 'internal');
    else repeated(id, user, clientId, { ...pos, at });
  }
  return true;
}
