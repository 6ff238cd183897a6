/** Signing the own record, and judging those of others. */
import {
  fromBase32,
  limits,
  Refusal,
  readServerRecord,
  type ServerRecord,
  sealServerRecord,
  serverRecordBody,
} from '@parley/protocol';
import { verify } from '../crypto.ts';
import type { Identity } from '../identity.ts';

/** What the clocks of two servers may differ by: three days. */
export const clockSkewMs = 259_200_000;

/** A record with its bytes, which are handed on as they are. */
export interface SealedRecord extends ServerRecord {
  readonly sealed: Uint8Array;
}

/** Throws a RangeError when it would be longer than a record may be. */
export function sealRecord(identity: Pick<Identity, 'sign'>, record: ServerRecord): SealedRecord {
  const body = serverRecordBody(record);
  const sealed = sealServerRecord(body, identity.sign(body));
  if (sealed.length > limits.serverRecordBytes) throw new RangeError('the record of this server is too long');
  return { ...record, sealed };
}

export const recordFaults = {
  malformed: 'it is no record',
  'other-network': 'it is of another network',
  expired: 'it has expired',
  'lives-too-long': 'it would live for longer than a week',
  'bad-signature': 'its signature is wrong',
  'too-fast': 'too many come from there',
} as const;
export type RecordFault = keyof typeof recordFaults;

export type Judgement =
  | { readonly is: 'newer'; readonly record: SealedRecord }
  /** As the one that is held, or older than it: nothing else is said of it. */
  | { readonly is: 'same' | 'older'; readonly server: string }
  | { readonly is: 'refused'; readonly fault: RecordFault };

export interface JudgeOptions {
  readonly network: string;
  /** Unix ms. */
  readonly now: number;
  /** The record that is held of a server. */
  readonly held: (server: string) => SealedRecord | undefined;
  /** Whether one more may be verified; without it, any number. */
  readonly mayVerify?: (() => boolean) | undefined;
}

/**
 * Whether a record is to be believed and newer than the one that is held. The signature is checked last, and only of a
 * newer one. What it returns shares no memory with `sealed`.
 */
export function judgeRecord(sealed: Uint8Array, { network, now, held, mayVerify }: JudgeOptions): Judgement {
  const read = readIfSound(sealed);
  if (!read) return { is: 'refused', fault: 'malformed' };
  const { record, body, signature } = read;
  const { server, version, expiresAt } = record;
  if (record.network !== network) return { is: 'refused', fault: 'other-network' };
  const before = held(server);
  if (before && version <= before.version) return { is: equal(before.sealed, sealed) ? 'same' : 'older', server };
  if (expiresAt <= now) return { is: 'refused', fault: 'expired' };
  if (expiresAt > now + limits.serverRecordMs + clockSkewMs) return { is: 'refused', fault: 'lives-too-long' };
  if (mayVerify?.() === false) return { is: 'refused', fault: 'too-fast' };
  const key = fromBase32(server);
  if (!key || !verify(key, body, signature)) return { is: 'refused', fault: 'bad-signature' };
  return { is: 'newer', record: { ...record, sealed: Uint8Array.from(sealed) } };
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

function readIfSound(sealed: Uint8Array): ReturnType<typeof readServerRecord> | undefined {
  try {
    return readServerRecord(sealed);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
