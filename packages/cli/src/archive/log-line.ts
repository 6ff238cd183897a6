/**
 * Reads a line of a room's log (rooms.md, The log) as far as an archive needs it: where it stands, what its parts must
 * hash to, and how the chain goes on. The server folds the log; this only tells damage before it travels.
 */
import { createHash } from 'node:crypto';
import { decodeCanonical, encodeCbor, toBase32 } from '@parley/protocol';

export interface LogPart {
  salt: Uint8Array;
  bytes: Uint8Array;
}
/** What somebody is called: the log itself holds no names. */
export interface NamedPerson {
  user: string;
  name: string;
  display?: string;
}
export interface LogLine {
  header: Uint8Array;
  parts: (LogPart | null)[];
  /** People who are named here first. */
  people?: NamedPerson[];
}

/** What the header says in plain words. */
export interface LineView {
  term: number;
  seq: number;
  at: number;
  /** As `envelope`, or the kind that a later version adds. */
  type: string;
  /** Of an act. */
  kind?: string;
  user?: string;
  clientId?: string;
  /** Of a Create act: the room that it makes, its network and the server that keeps its log. */
  created?: { room: string; network: string; clerk: string };
  /** SHA-256 that each part with its salt must have. */
  partHashes: Uint8Array[];
}

export const sha256 = (...chunks: Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return new Uint8Array(hash.digest());
};

const headerDepth = 2;
const actDepth = 8;

/** chain_n = SHA-256(chain_{n-1} ‖ SHA-256(header_n)); the chain before the first header is 32 zero bytes. */
export const nextChain = (chain: Uint8Array, header: Uint8Array): Uint8Array => sha256(chain, sha256(header));

/** Undefined when the header has another form. */
export function readHeader(header: Uint8Array): LineView | undefined {
  const fields = decoded(header, headerDepth);
  const [term, seq, at, type, ...rest] = fields ?? [];
  if (!isCount(term) || !isCount(seq) || !isCount(at) || typeof type !== 'string') return undefined;
  const view: LineView = { term, seq, at, type, partHashes: [] };
  const act = type === 'envelope' ? rest[1] : type === 'clerk' ? rest[0] : undefined;
  if (act === undefined) return type === 'envelope' || type === 'clerk' ? undefined : view;
  return act instanceof Uint8Array && readAct(act, view) ? view : undefined;
}

/** True when each part that is there has the hash that the header names. */
export function partsMatch({ partHashes }: LineView, parts: readonly (LogPart | null)[]): boolean {
  return parts.every((part, i) => {
    const expected = partHashes[i];
    return expected !== undefined && (part === null || equal(sha256(part.salt, part.bytes), expected));
  });
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

function readAct(bytes: Uint8Array, view: LineView): boolean {
  const fields = decoded(bytes, actDepth);
  const [room, server, account, , clientId, kind, , data, , parts] = fields ?? [];
  if (!isBytes(server, 32) || !isBytes(account, 10) || typeof clientId !== 'string' || typeof kind !== 'string')
    return false;
  if (!Array.isArray(parts)) return false;
  Object.assign(view, { kind, clientId, user: `${toBase32(account)}.${toBase32(server)}` });
  for (const part of parts) {
    if (!Array.isArray(part) || !isBytes(part[0], 32)) return false;
    view.partHashes.push(part[0]);
  }
  if (room !== null) return isBytes(room, 32);
  const { network, clerk } = (data ?? {}) as Record<string, unknown>;
  if (kind !== 'create' || typeof network !== 'string' || typeof clerk !== 'string') return false;
  view.created = { room: toBase32(sha256(encodeCbor(['parley room v1', bytes]))), network, clerk };
  return true;
}

function decoded(bytes: Uint8Array, maxDepth: number): unknown[] | undefined {
  try {
    const value = decodeCanonical(bytes, maxDepth);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isBytes = (value: unknown, length: number): value is Uint8Array =>
  value instanceof Uint8Array && value.length === length;
