/**
 * An exported room as a file: one JSON object a line, bytes as base64url, and last the checkpoint. Besides what is hashed
 * each line says in plain words what it is; those words are for readers and are not read back.
 */
import { decodeCbor } from '@parley/protocol';
import { decodeHeader, type Part } from '@parley/room';
import type { Checkpoint, LogLine } from './verify.ts';

/** What somebody is called: the log itself holds no names. */
type NamedPerson = NonNullable<LogLine['people']>[number];

export type FileLine = { type: 'entry'; line: LogLine } | { type: 'checkpoint'; room: string; checkpoint: Checkpoint };

const text = (bytes: Uint8Array): string => bytes.toBase64({ alphabet: 'base64url', omitPadding: true });

/** One line of a log as an object for JSON. */
export function entryObject({ header, parts, people }: LogLine): object {
  return {
    v: 1,
    header: text(header),
    parts: parts.map((part) => part && { salt: text(part.salt), bytes: text(part.bytes) }),
    ...(people && { people: people.map(personOf) }),
    ...placeOf(header),
    ...wordsOf(parts),
  };
}

export function checkpointObject(room: string, checkpoint: Checkpoint): object {
  const { term, seq, chain, state, signature } = checkpoint;
  const bytes = { chain: text(chain), state: text(state), signature: text(signature) };
  return { v: 1, room, checkpoint: { term, seq, ...bytes } };
}

/** Reads one line of a file; undefined when it is of another form. */
export function readFileLine(line: string): FileLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (!isRecord(value) || value.v !== 1) return undefined;
    return value.checkpoint === undefined ? readEntry(value) : readCheckpoint(value);
  } catch {
    return undefined;
  }
}

function readEntry({ header, parts, people }: Record<string, unknown>): FileLine | undefined {
  if (!Array.isArray(parts) || (people !== undefined && !Array.isArray(people))) return undefined;
  const read = parts.map((part: unknown): Part | null => {
    if (part === null) return null;
    if (!isRecord(part)) throw new TypeError('not a part');
    return { salt: bytesOf(part.salt), bytes: bytesOf(part.bytes) };
  });
  const named = people && { people: people.map(readPerson) };
  return { type: 'entry', line: { header: bytesOf(header), parts: read, ...named } };
}

function readPerson(value: unknown): NamedPerson {
  if (!isRecord(value) || typeof value.user !== 'string' || typeof value.name !== 'string')
    throw new TypeError('not a person');
  const { user, name, display } = value;
  return { user, name, ...(typeof display === 'string' && { display }) };
}

const personOf = ({ user, name, display }: NamedPerson): NamedPerson => ({
  user,
  name,
  ...(display !== undefined && { display }),
});

function readCheckpoint({ room, checkpoint }: Record<string, unknown>): FileLine | undefined {
  if (typeof room !== 'string' || !isRecord(checkpoint)) return undefined;
  const { term, seq } = checkpoint;
  if (!Number.isSafeInteger(term) || !Number.isSafeInteger(seq)) return undefined;
  const [chain, state, signature] = [checkpoint.chain, checkpoint.state, checkpoint.signature].map(bytesOf);
  return {
    type: 'checkpoint',
    room,
    checkpoint: { term: Number(term), seq: Number(seq), chain: chain!, state: state!, signature: signature! },
  };
}

function bytesOf(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw new TypeError('not bytes');
  return Uint8Array.fromBase64(value, { alphabet: 'base64url' });
}

/** Where an entry stands and whose it is. */
function placeOf(bytes: Uint8Array): object {
  const { pos, at, what } = decodeHeader(bytes);
  const place = { seq: pos.seq, at: new Date(at).toISOString() };
  if (what.type === 'term' || what.type === 'unknown') return { ...place, kind: what.type };
  const { user, clientId } = what.type === 'tombstone' ? what : what.act;
  return { ...place, kind: what.type === 'tombstone' ? what.type : what.act.kind, user, clientId };
}

/** What the first part says, where it is a map with a text. */
function wordsOf([part]: readonly (Part | null)[]): object {
  if (!part) return {};
  try {
    const body = decodeCbor(part.bytes, 8);
    return isRecord(body) && typeof body.text === 'string' ? { text: body.text } : {};
  } catch {
    return {};
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
