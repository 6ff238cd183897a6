// The log of every room as it lies on a disk, read without the server's own code for it: header by header, verified
// against the chain, folded again from the first entry.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { decodeCbor } from '@parley/protocol';
import {
  type Act,
  type Crypto,
  decodeHeader,
  equalBytes,
  follow,
  type Header,
  type Part,
  type RoomState,
  refusalOf,
} from '@parley/room';
import type { Disk } from './disk.ts';

export interface LogEntry {
  seq: number;
  header: Header;
  /** What the entry says; undefined for a new term. */
  act: Act | undefined;
  /** Its first part decoded; null when it has none, or none any more. */
  body: unknown;
  /** After it. */
  chain: Uint8Array;
  /** What the tables say of it beside the header. */
  row: EntryRow;
}

export interface EntryRow {
  seq: number;
  term: number;
  header: Uint8Array;
  at: number;
  kind: string;
  nth: number;
  author: number;
  act: Uint8Array;
  target: Uint8Array | null;
  shown: number;
}

export interface RoomLog {
  n: number;
  id: string;
  row: { alias: string | null; title: string; topic: string; listed: number; nth: number; archive: number };
  entries: LogEntry[];
  /** After the last entry. */
  state: RoomState;
  leaves: Map<string, Uint8Array>;
}

export const crypto: Crypto = {
  sha256: (...chunks) => new Uint8Array(createHash('sha256').update(Buffer.concat(chunks)).digest()),
  sign: () => {
    throw new Error('a checker signs nothing');
  },
  verify: () => true,
};

/** The same with true signatures. */
export const verifying: Crypto = {
  ...crypto,
  verify: (publicKey, message, signature) => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') };
    return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
  },
};

type RoomRow = RoomLog['row'] & { n: number; id: string; term: number; seq: number; chain: Uint8Array };

/** Every room with at least one entry that this server keeps. Throws with what is wrong when a log does not verify (S15) or a row contradicts it. */
export async function readLogs(disk: Disk): Promise<RoomLog[]> {
  const rooms = await disk.rows<RoomRow & Record<string, never>>(
    'SELECT * FROM room WHERE n NOT IN (SELECT room FROM followed) ORDER BY id',
  );
  const logs: RoomLog[] = [];
  for (const room of rooms) if (room.seq > 0) logs.push(await readLog(disk, room));
  return logs;
}

async function readLog(disk: Disk, room: RoomRow): Promise<RoomLog> {
  const rows = await disk.rows<EntryRow & Record<string, never>>('SELECT * FROM entry WHERE room = ? ORDER BY seq', [
    room.n,
  ]);
  const parts = await partsOf(disk, room.n);
  const entries: LogEntry[] = [];
  let state: RoomState | undefined;
  for (const row of rows) {
    const kept = parts.get(row.seq) ?? [];
    const peeked = decodeHeader(row.header);
    const act = peeked.what.type === 'envelope' || peeked.what.type === 'clerk' ? peeked.what.act : undefined;
    if (state && act && peeked.what.type === 'envelope') {
      const code = refusalOf(state, act);
      if (code) throw new Error(`${room.id} holds at ${row.seq} a ${act.kind} that is refused: ${code}`);
    }
    const followed = follow(crypto, state, row.header, kept);
    state = followed.state;
    if (followed.header.pos.seq !== row.seq || followed.header.pos.term !== row.term || followed.header.at !== row.at)
      throw new Error(`${room.id} names at ${row.seq} another place or time than its header`);
    entries.push({ seq: row.seq, header: followed.header, act, body: bodyOf(kept), chain: state.chain, row });
  }
  if (!state || state.id !== room.id) throw new Error(`${room.id} is not the room of its log`);
  if (state.head.seq !== room.seq || state.head.term !== room.term || !equalBytes(state.chain, room.chain))
    throw new Error(`${room.id} has another head than its log`);
  const leaves = await disk.rows<{ key: string; value: Uint8Array }>('SELECT key, value FROM leaf WHERE room = ?', [
    room.n,
  ]);
  return {
    n: room.n,
    id: room.id,
    row: room,
    entries,
    state,
    leaves: new Map(leaves.map(({ key, value }) => [key, value])),
  };
}

/** What is kept of the content of a room's entries, by seq. */
export async function partsOf(disk: Disk, room: number): Promise<Map<number, (Part | null)[]>> {
  const rows = await disk.rows<{ seq: number; i: number; salt: Uint8Array; bytes: Uint8Array }>(
    'SELECT seq, i, salt, bytes FROM part WHERE room = ? ORDER BY seq, i',
    [room],
  );
  const found = new Map<number, (Part | null)[]>();
  for (const { seq, i, salt, bytes } of rows) {
    const parts = found.get(seq) ?? [];
    while (parts.length < i) parts.push(null);
    parts[i] = { salt, bytes };
    found.set(seq, parts);
  }
  return found;
}

function bodyOf(parts: readonly (Part | null)[]): unknown {
  const [part] = parts;
  return part ? decodeCbor(part.bytes, 8) : null;
}
