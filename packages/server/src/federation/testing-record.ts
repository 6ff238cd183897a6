/** Records of servers that exist nowhere. For tests. */
import { limits, type ServerRecord } from '@parley/protocol';
import { identityFromSeed } from '../identity.ts';
import { type SealedRecord, sealRecord } from './record.ts';

/** When `createVirtualRuntime` begins. */
export const startMs = 1_767_225_600_000;

/** Of the server of this seed, as it would sign it at the start of the virtual clock. */
export function testRecord(seed: number, fields: Partial<ServerRecord> = {}): SealedRecord {
  const identity = identityFromSeed(seedBytes(seed));
  return sealRecord(identity, {
    network: 'test',
    server: identity.id,
    version: startMs,
    expiresAt: startMs + limits.serverRecordMs,
    name: null,
    addresses: [],
    relays: [],
    features: [],
    ...fields,
  });
}

/** 32 bytes for any whole number; those up to 255 as tests have always spelt them. */
export function seedBytes(seed: number): Uint8Array {
  if (seed < 256) return new Uint8Array(32).fill(seed);
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, seed);
  return bytes;
}
