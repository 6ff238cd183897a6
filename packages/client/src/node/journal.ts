/**
 * Records of changes in one append-only file: u32 length, u32 CRC-32 of the rest, CBOR of [key, bytes or null] pairs. A
 * record is there whole or not at all: reading stops at the first that is torn.
 */
import { crc32 } from 'node:zlib';
import { decodeCbor, encodeCbor } from '@parley/protocol';

export type Changes = ReadonlyMap<string, Uint8Array | undefined>;

const headBytes = 8;

export function encodeRecord(changes: Changes): Uint8Array {
  const body = encodeCbor([...changes].map(([key, value]) => [key, value ?? null]));
  const record = new Uint8Array(headBytes + body.length);
  const head = new DataView(record.buffer);
  head.setUint32(0, body.length);
  head.setUint32(4, crc32(body));
  record.set(body, headBytes);
  return record;
}

/** Applies every whole record to `held` in order; returns how many bytes they take. */
export function readRecords(bytes: Uint8Array, held: Map<string, Uint8Array>): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + headBytes <= bytes.length) {
    const end = at + headBytes + view.getUint32(at);
    if (end > bytes.length) break;
    const body = bytes.subarray(at + headBytes, end);
    if (crc32(body) !== view.getUint32(at + 4)) break;
    for (const [key, value] of decodeCbor(body, 4) as [string, Uint8Array | null][]) {
      if (value === null) held.delete(key);
      else held.set(key, value.slice());
    }
    at = end;
  }
  return at;
}
