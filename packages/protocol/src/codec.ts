/**
 * Frames: one value, two codecs. A frame is `{ id, request, payload }`, `{ id, reply }`, `{ id, error }` or
 * `{ event, payload }`; the WebSocket subprotocol names the codec, framed TCP speaks CBOR.
 */
import { decodeCbor, encodeCbor } from './cbor.ts';
import { type ErrorCode, Refusal } from './error.ts';
import { limits } from './limits.ts';
import { TextSlab } from './text-slab.ts';

export type Encoding = 'json' | 'cbor';
export const subprotocols = { json: 'parley.v1.json', cbor: 'parley.v1.cbor' } as const satisfies Record<
  Encoding,
  string
>;

export interface ErrorBody {
  code: ErrorCode;
  message: string;
  retryAfterMs?: number;
  /** Of an `internal` error: the same id is in the server's log. */
  id?: string;
  /** Of a `bad-request`: the path of the field that is wrong. */
  field?: string;
}

export interface RequestFrame {
  id: number;
  request: string;
  payload: unknown;
}
export type ServerFrame =
  | { id: number; reply: unknown }
  | { id: number; error: ErrorBody }
  | { event: string; payload: unknown };

const slab = new TextSlab();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Encodes any frame. Bytes become base64url without padding in JSON. */
export function encodeFrame(encoding: Encoding, frame: RequestFrame | ServerFrame): Uint8Array {
  if (encoding === 'cbor') return encodeCbor(frame);
  // A replacer is called for every value and doubles the cost; few frames hold bytes.
  return slab.encode(JSON.stringify(frame, holdsBytes(frame) ? bytesToText : undefined));
}

/** Reads what a client sent; throws `Refusal('bad-frame')` unless it is a request frame and nothing else. */
export function decodeRequest(encoding: Encoding, bytes: Uint8Array): RequestFrame {
  const value = decodeValue(encoding, bytes);
  if (!isMap(value) || !isId(value.id) || typeof value.request !== 'string') throw new Refusal('bad-frame');
  for (const key of Object.keys(value))
    if (key !== 'id' && key !== 'request' && key !== 'payload') throw new Refusal('bad-frame');
  return { id: value.id, request: value.request, payload: value.payload ?? {} };
}

/** Reads what a server sent; throws `Refusal('bad-frame')` unless it is a reply, an error or an event. */
export function decodeServerFrame(encoding: Encoding, bytes: Uint8Array): ServerFrame {
  const value = decodeValue(encoding, bytes);
  if (!isMap(value)) throw new Refusal('bad-frame');
  if (typeof value.event === 'string') return { event: value.event, payload: value.payload };
  if (!isId(value.id)) throw new Refusal('bad-frame');
  if (isMap(value.error) && typeof value.error.code === 'string')
    return { id: value.id, error: value.error as unknown as ErrorBody };
  return { id: value.id, reply: value.reply };
}

function decodeValue(encoding: Encoding, bytes: Uint8Array): unknown {
  if (encoding === 'cbor') return decodeCbor(bytes, limits.frameDepth);
  scanJsonDepth(bytes);
  try {
    return JSON.parse(strictUtf8.decode(bytes));
  } catch {
    throw new Refusal('bad-frame');
  }
}

/** Depth of JSON by its brackets outside strings, before the parser sees it. */
function scanJsonDepth(bytes: Uint8Array): void {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inText) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limits.frameDepth) throw new Refusal('bad-frame');
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function holdsBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Uint8Array) return true;
  if (Array.isArray(value)) return value.some(holdsBytes);
  for (const key in value) if (holdsBytes((value as Record<string, unknown>)[key])) return true;
  return false;
}

function bytesToText(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? value.toBase64({ alphabet: 'base64url', omitPadding: true }) : value;
}
