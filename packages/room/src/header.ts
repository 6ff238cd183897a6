/**
 * An entry as it stands in the log. Stamps and acts are byte strings inside it, so that what is verified is what was
 * received. chain_n = SHA-256(chain_{n-1} ‖ SHA-256(header_n)).
 */
import {
  decodeCanonical,
  decodeCbor,
  encodeCbor,
  type Position,
  Refusal,
  userBytes,
  userFromBytes,
} from '@parley/protocol';
import { type Act, clientIdOf, type Decode, decodeAct, hash, list, sized, whole, word } from './act.ts';
import type { Crypto } from './crypto.ts';
import { decodeStamp, type Envelope, envelopeHash, hashOfEnvelope, type Stamp } from './envelope.ts';

export type What =
  /** An act of a person, with the stamp of their server and, from another server, the signature of its batch. */
  | (Envelope & { type: 'envelope'; signature: Uint8Array | null })
  /** An act of another server's person that was refused. */
  | {
      type: 'tombstone';
      stamp: Stamp;
      stampBytes: Uint8Array;
      actHash: Uint8Array;
      user: string;
      clientId: string;
      code: string;
      signature: Uint8Array | null;
      /** Of a `duplicate`: where that stands which was done before; its server reports it as the outcome. */
      duplicateOf?: Position;
    }
  /** An act of the clerk itself. */
  | { type: 'clerk'; act: Act; actBytes: Uint8Array }
  /** A restored clerk goes on from `base`. */
  | { type: 'term'; base: Position }
  /** Of a later version: kept as it is, folds to nothing. */
  | { type: 'unknown' };

export interface Header {
  pos: Position;
  /** Unix ms by the clerk's clock; for display. */
  at: number;
  what: What;
}

export function encodeHeader(header: Header): Uint8Array {
  const { pos, at, what } = header;
  return encodeCbor([pos.term, pos.seq, at, ...encodeWhat(what)]);
}

function encodeWhat(what: What): unknown[] {
  switch (what.type) {
    case 'envelope':
      return ['envelope', what.stampBytes, what.actBytes, what.signature];
    case 'tombstone': {
      const user = userBytes(what.user);
      return [
        'tombstone',
        what.stampBytes,
        what.actHash,
        user.server,
        user.account,
        what.clientId,
        what.code,
        what.signature,
        what.duplicateOf ? [what.duplicateOf.term, what.duplicateOf.seq] : null,
      ];
    }
    case 'clerk':
      return ['clerk', what.actBytes];
    case 'term':
      return ['term', what.base.term, what.base.seq];
    case 'unknown':
      throw new Refusal('unsupported-room');
  }
}

/** Reads a header; throws `Refusal('bad-frame')` when it has another form or spelling. */
export const decodeHeader = (bytes: Uint8Array): Header => readWith(decodeCanonical, bytes);

/** Reads a header that was checked when it was stored: for its content alone, in a third of the time. */
export const readHeader = (bytes: Uint8Array): Header => readWith(decodeCbor, bytes);

function readWith(decode: Decode, bytes: Uint8Array): Header {
  const [term, seq, at, type, ...rest] = list(decode(bytes, 2), 4);
  const what = decodeWhat(decode, word(type, 32), rest);
  return { pos: { term: whole(term), seq: whole(seq) }, at: whole(at), what };
}

function decodeWhat(decode: Decode, type: string, rest: unknown[]): What {
  switch (type) {
    case 'envelope': {
      const [stampBytes, actBytes] = [raw(rest[0]), raw(rest[1])];
      return {
        type,
        stampBytes,
        actBytes,
        stamp: decodeStamp(stampBytes, decode),
        act: decodeAct(actBytes, decode),
        signature: signature(rest[2]),
      };
    }
    case 'tombstone': {
      const stampBytes = raw(rest[0]);
      const duplicateOf = rest[7] === null ? undefined : list(rest[7], 2);
      return {
        type,
        stampBytes,
        stamp: decodeStamp(stampBytes, decode),
        actHash: hash(rest[1]),
        user: userFromBytes(hash(rest[2]), sized(rest[3], 10)),
        clientId: clientIdOf(rest[4]),
        code: word(rest[5], 32),
        signature: signature(rest[6]),
        ...(duplicateOf ? { duplicateOf: { term: whole(duplicateOf[0]), seq: whole(duplicateOf[1]) } } : {}),
      };
    }
    case 'clerk': {
      const actBytes = raw(rest[0]);
      return { type, actBytes, act: decodeAct(actBytes, decode) };
    }
    case 'term':
      return { type, base: { term: whole(rest[0]), seq: whole(rest[1]) } };
    default:
      return { type: 'unknown' };
  }
}

/** The {@link envelopeHash} of an outcome of an envelope; undefined for entries that are none. */
export function hashOfOutcome(crypto: Crypto, what: What): Uint8Array | undefined {
  if (what.type === 'tombstone') return envelopeHash(crypto, what.stampBytes, what.actHash);
  return what.type === 'envelope' ? hashOfEnvelope(crypto, what) : undefined;
}

export function nextChain(crypto: Crypto, chain: Uint8Array, headerBytes: Uint8Array): Uint8Array {
  return crypto.sha256(chain, crypto.sha256(headerBytes));
}

function raw(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Refusal('bad-frame');
  return value;
}

const signature = (value: unknown): Uint8Array | null => (value === null ? null : sized(value, 64));
