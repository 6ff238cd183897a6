/** Reads a log from its first entry and holds it against its chain: for imports, and later for other servers. */
import { limits, Refusal } from '@parley/protocol';
import { stateOfCreate } from './create.ts';
import type { Crypto } from './crypto.ts';
import { fold } from './fold.ts';
import { decodeHeader, type Header, hashOfOutcome, nextChain } from './header.ts';
import { isBefore, isNext } from './order.ts';
import { matches, type Part } from './part.ts';
import type { RoomState } from './state.ts';

/**
 * Folds the next header onto `state`, or makes the state from a Create.
 * Errors: `bad-frame` for another form, `bad-request` when the position, an origin's numbering, `prev` or a part is wrong.
 */
export function follow(
  crypto: Crypto,
  state: RoomState | undefined,
  headerBytes: Uint8Array,
  parts: readonly (Part | null)[],
): { state: RoomState; header: Header } {
  const header = decodeHeader(headerBytes);
  checkParts(crypto, header, parts);
  if (!state) return { state: stateOfCreate(crypto, header, headerBytes), header };
  const { term, seq } = header.pos;
  const newTerm = header.what.type === 'term' && term > state.head.term;
  if (seq !== state.head.seq + 1 || (header.what.type === 'term' ? !newTerm : term !== state.head.term))
    throw new Refusal('bad-request', { field: 'pos' });
  const { what } = header;
  if (what.type === 'envelope' || what.type === 'tombstone') {
    const last = state.origins.get(what.stamp.origin);
    const isFull = !last && state.origins.size >= limits.originsPerRoom;
    if (isFull || !isNext(what.stamp, last) || !isBefore(what.stamp.after, header.pos))
      throw new Refusal('bad-request', { field: 'stamp' });
  }
  fold(state, header, nextChain(crypto, state.chain, headerBytes), hashOfOutcome(crypto, what));
  return { state, header };
}

function checkParts(crypto: Crypto, header: Header, parts: readonly (Part | null)[]): void {
  const { what } = header;
  const refs = what.type === 'envelope' || what.type === 'clerk' ? what.act.parts : [];
  if (parts.length > refs.length) throw new Refusal('bad-request', { field: 'parts' });
  parts.forEach((part, i) => {
    if (part && !matches(crypto, refs[i]!, part)) throw new Refusal('bad-request', { field: 'parts' });
  });
}
