// What waits on a server for the clerk of a room: numbered densely, each naming the one before by its hash, and nothing
// that has its outcome in the log that is held.
import assert from 'node:assert/strict';
import { decodeAct, decodeStamp, envelopeHash, equalBytes, hashOfOutcome } from '@parley/room';
import type { Home } from '../home.ts';
import { crypto, type RoomLog } from '../log.ts';

export interface Waiting {
  user: string;
  clientId: string;
  kind: string;
  incarnation: number;
  oseq: number;
}

type Row = { incarnation: number; oseq: number; hash: Uint8Array; stamp: Uint8Array; act: Uint8Array; kind: string };

interface Place {
  home: Home;
  /** The room, its number there, and its log at the clerk. */
  n: number;
  id: string;
  log: RoomLog;
  /** The last seq that is held there. */
  seq: number;
}

/** Reads and checks what waits in a room. */
export async function checkOutbox({ home, n, id, log, seq: head }: Place): Promise<Waiting[]> {
  const rows = await home.disk.rows<Row>(
    'SELECT incarnation, oseq, hash, stamp, act, kind FROM outbox WHERE room = ? ORDER BY incarnation, oseq',
    [n],
  );
  if (rows.length === 0) return [];
  const decided = new Set<string>();
  for (const { header } of log.entries.slice(0, head)) {
    const { what } = header;
    if ((what.type === 'envelope' || what.type === 'tombstone') && what.stamp.origin === home.id)
      decided.add(Buffer.from(hashOfOutcome(crypto, what)!).toString('hex'));
  }
  let last: Row | undefined;
  return rows.map((row) => {
    const { incarnation, oseq, hash, kind } = row;
    const what = `number ${incarnation}/${oseq} of ${home.name} in ${id}`;
    const stamp = decodeStamp(row.stamp);
    assert.deepEqual(
      [stamp.origin, stamp.incarnation, stamp.oseq],
      [home.id, incarnation, oseq],
      `${what} is stamped otherwise`,
    );
    const own = envelopeHash(crypto, row.stamp, crypto.sha256(row.act));
    assert.ok(equalBytes(own, hash), `${what} has another hash`);
    assert.ok(!decided.has(Buffer.from(hash).toString('hex')), `${what} has its outcome and waits (S12)`);
    if (last?.incarnation === incarnation)
      assert.ok(
        oseq === last.oseq + 1 && equalBytes(stamp.prev, last.hash),
        `${what} does not follow the one before (S4)`,
      );
    last = row;
    const { user, clientId } = decodeAct(row.act);
    return { user, clientId, kind, incarnation, oseq };
  });
}
