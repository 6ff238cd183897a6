/** The entry by which a clerk that may have lost the end of its log goes on: nobody can take what follows for what was lost. */
import type { Crypto } from './crypto.ts';
import { fold } from './fold.ts';
import { encodeHeader, type Header, nextChain } from './header.ts';
import type { RoomState } from './state.ts';
import type { Appended } from './step.ts';

/**
 * Begins a later term right where the log ends.
 * @param above the highest term that was seen anywhere
 */
export function openTerm(state: RoomState, now: number, crypto: Crypto, above = 0): Appended {
  const base = state.head;
  const pos = { term: Math.max(base.term + 1, above + 1, now), seq: base.seq + 1 };
  const header: Header = { pos, at: now, what: { type: 'term', base } };
  const headerBytes = encodeHeader(header);
  fold(state, header, nextChain(crypto, state.chain, headerBytes), undefined);
  return { header, headerBytes };
}
