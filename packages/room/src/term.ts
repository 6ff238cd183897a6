/**
 * A restored clerk goes on in a later term from a `base`; what came after the base is set aside. In a log terms rise, and
 * so do their bases.
 */
import type { Position } from '@parley/protocol';

/** The first entry of a term: where it stands, and after which position. */
export interface TermStart {
  pos: Position;
  base: Position;
}

export const isNewerTerm = (pos: Position, head: Position): boolean => pos.term > head.term;

/**
 * For the clerk: the base from which somebody whose log ends at `held` must begin anew, or undefined when they just go on.
 * @param terms of the clerk's own log, ascending
 */
export function resetBase(terms: readonly TermStart[], held: Position): Position | undefined {
  const next = terms.find(({ pos }) => isNewerTerm(pos, held));
  // A term that this log does not hold was lost in a restore, and with it who knows what.
  const isHeld = next?.base.term === held.term && next.base.seq >= held.seq;
  return isHeld ? undefined : next?.base;
}

/**
 * For a follower whose log ends at `head`: the first seq that it sets aside when a later term begins at `base`, or
 * undefined when nothing is. Terms that it has not seen are taken in their order.
 * @param terms of the follower's own log, ascending: what one of them set aside is not held any more
 */
export function setAsideFrom(head: Position, terms: readonly TermStart[], base: Position): number | undefined {
  let agreed = Math.min(base.seq, head.seq);
  for (const term of terms) if (isNewerTerm(term.pos, base)) agreed = Math.min(agreed, term.base.seq);
  return agreed < head.seq ? agreed + 1 : undefined;
}
