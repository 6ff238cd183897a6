/** Acts of this server in a room of another one that go on under other numbers. */
import { type Crypto, decodeStamp, encodeStamp, envelopeHash, equalBytes, readHeader, zeroHash } from '@parley/room';
import type { LoadedRoom } from '../loaded-room.ts';
import type { OutboxRow, Stamped } from '../store/entry-outbox.ts';
import type { Store } from '../store/store.ts';

/** Acts that are done again at most. */
export const mostAgain = 10_000;
const atOnce = 500;

export const isSameStamp = (a: Stamped, b: Stamped): boolean =>
  a.incarnation === b.incarnation && a.oseq === b.oseq && equalBytes(a.hash, b.hash);

export const isAfter = (a: Omit<Stamped, 'hash'>, b: Omit<Stamped, 'hash'>): boolean =>
  a.incarnation > b.incarnation || (a.incarnation === b.incarnation && a.oseq > b.oseq);

export const highestOf = (rows: readonly Pick<Stamped, 'incarnation'>[]): number =>
  Math.max(...rows.map(({ incarnation }) => incarnation));

/** The same acts in their order, in a numbering of their own. */
export function stampAgain(
  crypto: Crypto,
  origin: string,
  incarnation: number,
  rows: readonly OutboxRow[],
): OutboxRow[] {
  let last: Stamped = { incarnation, oseq: 0, hash: zeroHash };
  return rows.map((row): OutboxRow => {
    const oseq = last.oseq + 1;
    const { after } = decodeStamp(row.stamp);
    const stamp = encodeStamp({ origin, incarnation, oseq, prev: last.hash, after });
    const hash = envelopeHash(crypto, stamp, crypto.sha256(row.act));
    last = { incarnation, oseq, hash };
    return { ...row, ...last, stamp };
  });
}

/**
 * The acts of a server that stand after a place in a log, with their content, as if they had never been handed in.
 * @param at since when they wait, Unix ms
 */
export async function actsAfter(
  { entry }: Pick<Store, 'entry'>,
  { n: room, state }: Pick<LoadedRoom, 'n' | 'state'>,
  origin: string,
  seq: number,
  at: number,
): Promise<OutboxRow[]> {
  const keeps = state.settings.retentionDays !== 0;
  const found: OutboxRow[] = [];
  for (let from = seq + 1; found.length < mostAgain; ) {
    const records = await entry.forwards(room, { from, to: Number.MAX_SAFE_INTEGER }, atOnce, false);
    if (records.length === 0) break;
    from = records.at(-1)!.seq + 1;
    const parts = await entry.parts(
      room,
      records.map((record) => record.seq),
    );
    for (const record of records) {
      const { what } = readHeader(record.header);
      if (what.type !== 'envelope' || what.stamp.origin !== origin) continue;
      const { act, stamp, stampBytes, actBytes } = what;
      const kept = act.parts.flatMap((_, i) => parts.get(`${record.seq}/${i}`) ?? []);
      // What was deleted meanwhile is not said again.
      if (keeps && kept.length < act.parts.length) continue;
      found.push({
        incarnation: stamp.incarnation,
        oseq: stamp.oseq,
        hash: zeroHash,
        person: record.author,
        clientId: act.clientId,
        kind: act.kind,
        stamp: stampBytes,
        act: actBytes,
        parts: kept,
        at,
      });
    }
  }
  return found.slice(0, mostAgain);
}
