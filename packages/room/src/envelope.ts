/** An act with the stamp of the server it started on: its place in that server's own numbering for the room. */
import { decodeCanonical, encodeCbor, idBytes, type Position, Refusal, toBase32 } from '@parley/protocol';
import { type Act, type Decode, decodeAct, hash, list, whole } from './act.ts';
import type { Crypto } from './crypto.ts';

export interface Stamp {
  /** Server id. */
  origin: string;
  /** Rises when the origin was restored from an old backup. */
  incarnation: number;
  /** Dense from 1 within (room, origin, incarnation). */
  oseq: number;
  /** Hash of the origin's previous envelope in the room; zero at oseq 1. */
  prev: Uint8Array;
  /** The newest position that the author had seen. */
  after: Position;
}

/** Stamp and act, with the bytes that were received: these are what is hashed. */
export interface Envelope {
  stamp: Stamp;
  stampBytes: Uint8Array;
  act: Act;
  actBytes: Uint8Array;
}

/** Reads an envelope; throws `Refusal('bad-frame')` for any other form or spelling. */
export function decodeEnvelope(stampBytes: Uint8Array, actBytes: Uint8Array): Envelope {
  return { stamp: decodeStamp(stampBytes), stampBytes, act: decodeAct(actBytes), actBytes };
}

export function encodeStamp(stamp: Stamp): Uint8Array {
  const { origin, incarnation, oseq, prev, after } = stamp;
  return encodeCbor([idBytes(origin), incarnation, oseq, prev, [after.term, after.seq]]);
}

export function decodeStamp(bytes: Uint8Array, decode: Decode = decodeCanonical): Stamp {
  const [origin, incarnation, oseq, prev, after] = list(decode(bytes, 3), 5);
  const [term, seq] = list(after, 2);
  if (oseq === 0) throw new Refusal('bad-frame');
  return {
    origin: toBase32(hash(origin)),
    incarnation: whole(incarnation),
    oseq: whole(oseq),
    prev: hash(prev),
    after: { term: whole(term), seq: whole(seq) },
  };
}

/** SHA-256(SHA-256(stamp) ‖ SHA-256(act)): a tombstone can keep the act's hash alone and `prev` still holds. */
export function envelopeHash(crypto: Crypto, stampBytes: Uint8Array, actHash: Uint8Array): Uint8Array {
  return crypto.sha256(crypto.sha256(stampBytes), actHash);
}

/** The hash of an envelope whose act is at hand. */
export function hashOfEnvelope(crypto: Crypto, { stampBytes, actBytes }: Envelope): Uint8Array {
  return envelopeHash(crypto, stampBytes, crypto.sha256(actBytes));
}
