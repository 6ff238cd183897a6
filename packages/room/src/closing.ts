/**
 * The clerk's word, outside the log, to a server that has nobody in a room: nothing above `highest` gets an outcome any
 * more. It settles what that server still has in its outbox; who comes back stamps the rest under a new incarnation.
 */
import { type ErrorCode, encodeCbor, idBytes } from '@parley/protocol';
import { type Crypto, zeroHash } from './crypto.ts';
import type { Origin } from './state.ts';

export interface Closing {
  room: string;
  /** Server id. */
  origin: string;
  /** The newest of the origin's envelopes that has its outcome in the log; {@link nothingYet} when there is none. */
  highest: Origin;
  /** Why. */
  code: ErrorCode;
  signature: Uint8Array;
}

/** What a clerk knows of an origin that never had an outcome in a room. */
export const nothingYet: Readonly<Origin> = { incarnation: 0, oseq: 0, hash: zeroHash };

/** What the signature of a closing refusal covers. */
export function closingBytes(network: string, { room, origin, highest, code }: Omit<Closing, 'signature'>): Uint8Array {
  const { incarnation, oseq, hash } = highest;
  return encodeCbor(['parley closing v1', network, idBytes(room), idBytes(origin), incarnation, oseq, hash, code]);
}

/** Signs as the clerk. */
export function signClosing(crypto: Crypto, network: string, closing: Omit<Closing, 'signature'>): Closing {
  return { ...closing, signature: crypto.sign(closingBytes(network, closing)) };
}

/** True when `clerk` (a server id) signed it. */
export function verifyClosing(crypto: Crypto, network: string, clerk: string, closing: Closing): boolean {
  return crypto.verify(idBytes(clerk), closingBytes(network, closing), closing.signature);
}
