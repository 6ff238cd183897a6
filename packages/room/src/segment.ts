/**
 * Earlier entries of a room that somebody joined by a snapshot, fetched backwards. Nothing is folded: the chain value of
 * the last one is known already, and so every byte is the clerk's; who said what, their servers have signed.
 */
import { type Position, Refusal } from '@parley/protocol';
import { type Crypto, equalBytes } from './crypto.ts';
import { decodeHeader, type Header, hashOfOutcome, nextChain } from './header.ts';
import { isNext } from './order.ts';
import type { Part } from './part.ts';
import { type RoomIdentity, Signatures, unsigned } from './signatures.ts';
import type { Origin } from './state.ts';
import { checkParts } from './verify.ts';

export interface Segment {
  /** The chain value before the first line: from whoever serves it, proven with it. */
  before: Uint8Array;
  /** Ascending. */
  lines: readonly { header: Uint8Array; parts: readonly (Part | null)[] }[];
}

/**
 * @param last where the segment must end
 * @param chain the chain value there, of a checkpoint or of the segment above
 * @param above what is held right above it, ascending, as far as batches may reach across: 128 headers are enough
 * @returns its headers
 * Errors: `bad-frame`, and `bad-request` with the field: `pos`, `chain`, `parts`, `stamp` where an origin's numbering or
 * `prev` breaks, `signature`.
 */
export function checkSegment(
  crypto: Crypto,
  room: RoomIdentity,
  { before, lines }: Segment,
  last: Position,
  chain: Uint8Array,
  above: readonly Header[],
): Header[] {
  const headers = lines.map(({ header }) => decodeHeader(header));
  const from = last.seq - headers.length + 1;
  let reached = before;
  for (const [i, { header, parts }] of lines.entries()) {
    if (headers[i]!.pos.seq !== from + i) throw bad('pos');
    checkParts(crypto, headers[i]!, parts);
    reached = nextChain(crypto, reached, header);
  }
  if (headers.length === 0 || headers.at(-1)!.pos.term !== last.term) throw bad('pos');
  if (!equalBytes(reached, chain)) throw bad('chain');
  checkOrigins(crypto, room, headers, above);
  return headers;
}

/** Each origin's last outcome is signed, or the one above that follows it is vouched for and names it. */
function checkOrigins(crypto: Crypto, room: RoomIdentity, headers: readonly Header[], above: readonly Header[]): void {
  const signatures = new Signatures(crypto, room);
  const newest = new Map<string, Origin>();
  for (const { what } of headers) {
    if (what.type !== 'envelope' && what.type !== 'tombstone') continue;
    const { origin, incarnation, oseq } = what.stamp;
    const known = newest.get(origin);
    if (known && !isNext(what.stamp, known)) throw bad('stamp');
    const hash = hashOfOutcome(crypto, what)!;
    newest.set(origin, { incarnation, oseq, hash });
    signatures.take(what, hash);
  }
  for (const [origin, { last }] of signatures.open) {
    const next = above.find(({ what }) => isOutcomeOf(what, origin));
    const stamp = next && isOutcomeOf(next.what, origin) ? next.what.stamp : undefined;
    if (!stamp || stamp.oseq === 1 || !isNext(stamp, last)) throw unsigned();
  }
}

const isOutcomeOf = (
  what: Header['what'],
  origin: string,
): what is Header['what'] & { type: 'envelope' | 'tombstone' } =>
  (what.type === 'envelope' || what.type === 'tombstone') && what.stamp.origin === origin;

const bad = (field: string): Refusal => new Refusal('bad-request', { field });
