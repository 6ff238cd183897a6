/**
 * Where an envelope stands in the numbering of its origin. Each origin numbers its own envelopes in a room densely, and
 * each number ends in exactly one outcome: so a clerk answers only what comes next, in order.
 */
import { limits, type Position } from '@parley/protocol';
import { equalBytes, zeroHash } from './crypto.ts';
import type { Stamp } from './envelope.ts';
import type { Origin, RoomState } from './state.ts';

export type Order =
  /** It gets its outcome now. */
  | { type: 'next' }
  /**
   * A number that has its outcome. At the newest one the envelope is the very same; what an older number stood for is on
   * disk only, and another hash there is a fork too.
   */
  | { type: 'settled'; isNewest: boolean }
  /** Of an incarnation that was given up: no outcome, ever. */
  | { type: 'old' }
  /** Something is missing before it. */
  | { type: 'gap' }
  /** Another envelope than the one known under its number, or not the successor of the one known before it. */
  | { type: 'fork' }
  /** Its author had seen more than this log holds: no outcome yet. */
  | { type: 'later' }
  /** Of a new origin, in a room with as many origins as it can have. */
  | { type: 'full' };

/** What the clerk does with an envelope of another server, whose {@link envelopeHash} is `hash`. Changes nothing. */
export function order(state: Pick<RoomState, 'head' | 'origins'>, stamp: Stamp, hash: Uint8Array): Order {
  const last = state.origins.get(stamp.origin);
  if (!last && state.origins.size >= limits.originsPerRoom) return { type: 'full' };
  if (last && stamp.incarnation < last.incarnation) return { type: 'old' };
  const known = last?.incarnation === stamp.incarnation ? last.oseq : 0;
  if (stamp.oseq < known) return { type: 'settled', isNewest: false };
  if (stamp.oseq === known)
    return known > 0 && equalBytes(hash, last!.hash) ? { type: 'settled', isNewest: true } : { type: 'fork' };
  if (stamp.oseq > known + 1) return { type: 'gap' };
  if (!isNext(stamp, last)) return { type: 'fork' };
  return isBefore(state.head, stamp.after) ? { type: 'later' } : { type: 'next' };
}

/** A numbering goes on densely, or begins: an origin's first, and each later incarnation. */
export function isNext(stamp: Stamp, last: Origin | undefined): boolean {
  if (last && stamp.incarnation === last.incarnation)
    return stamp.oseq === last.oseq + 1 && equalBytes(stamp.prev, last.hash);
  return stamp.oseq === 1 && equalBytes(stamp.prev, zeroHash) && (!last || stamp.incarnation > last.incarnation);
}

/**
 * Whether `a` comes before `b` in the log of one clerk. Also right where `a` was set aside by a later term: it counts as
 * that term's base, and every position of the later term is above it.
 */
export const isBefore = (a: Position, b: Position): boolean => a.term < b.term || (a.term === b.term && a.seq < b.seq);
