/** Reads a log entry by entry and holds it against its chain: for imports, and at the servers that follow a clerk. */
import { type ErrorCode, limits, type Position, Refusal } from '@parley/protocol';
import { stateOfCreate } from './create.ts';
import type { Crypto } from './crypto.ts';
import { fold } from './fold.ts';
import { decodeHeader, type Header, hashOfOutcome, nextChain, type What } from './header.ts';
import { isBefore, isNext } from './order.ts';
import { matches, type Part } from './part.ts';
import type { RoomState } from './state.ts';
import { isNewerTerm } from './term.ts';

export interface Followed {
  state: RoomState;
  header: Header;
  /** Why the entry folds to nothing, when its clerk should have refused it: to be reported. */
  forbidden?: ErrorCode;
}
export type EnvelopeOutcome = What & { type: 'envelope' | 'tombstone' };

/**
 * Folds the next header onto `state`, or makes the state from a Create. Parts may be absent.
 * @param vouch throws where the outcome of an envelope is not vouched for by its origin; gets the envelope's hash
 * Errors: `bad-frame` for another form, `bad-request` when the position, a term's base, an origin's numbering, `prev` or
 * a part is wrong. A header that is refused changes nothing.
 */
export function follow(
  crypto: Crypto,
  state: RoomState | undefined,
  headerBytes: Uint8Array,
  parts: readonly (Part | null)[],
  vouch?: (outcome: EnvelopeOutcome, hash: Uint8Array) => void,
): Followed {
  const header = decodeHeader(headerBytes);
  checkParts(crypto, header, parts);
  if (!state) return { state: stateOfCreate(crypto, header, headerBytes), header };
  const { what, pos } = header;
  if (!isNextPlace(state.head, header)) throw new Refusal('bad-request', { field: 'pos' });
  const hash = hashOfOutcome(crypto, what);
  if (hash && (what.type === 'envelope' || what.type === 'tombstone')) {
    const last = state.origins.get(what.stamp.origin);
    const isFull = !last && state.origins.size >= limits.originsPerRoom;
    if (isFull || !isNext(what.stamp, last) || !isBefore(what.stamp.after, pos))
      throw new Refusal('bad-request', { field: 'stamp' });
    if (what.type === 'tombstone' && what.duplicateOf && !isBefore(what.duplicateOf, pos))
      throw new Refusal('bad-request', { field: 'duplicateOf' });
    vouch?.(what, hash);
  }
  const forbidden = fold(state, header, nextChain(crypto, state.chain, headerBytes), hash);
  return forbidden ? { state, header, forbidden } : { state, header };
}

/** Dense, and of a later term only when it opens that term right where the log ends. */
function isNextPlace(head: Position, { pos, what }: Header): boolean {
  if (pos.seq !== head.seq + 1) return false;
  if (what.type !== 'term') return pos.term === head.term;
  return isNewerTerm(pos, head) && what.base.term === head.term && what.base.seq === head.seq;
}

/** Refuses with `bad-request` parts that are not those of the entry; null ones were taken away. */
export function checkParts(crypto: Crypto, header: Header, parts: readonly (Part | null)[]): void {
  const { what } = header;
  const refs = what.type === 'envelope' || what.type === 'clerk' ? what.act.parts : [];
  if (parts.length > refs.length) throw new Refusal('bad-request', { field: 'parts' });
  parts.forEach((part, i) => {
    if (part && !matches(crypto, refs[i]!, part)) throw new Refusal('bad-request', { field: 'parts' });
  });
}
