/**
 * CBOR with one spelling for each value [RFC 8949 §4.2.1]. Bytes from outside are scanned for depth before anything is
 * allocated, because the decoder has no limit of its own, for the key `__proto__`, which plain objects cannot hold, and
 * for texts that are no UTF-8, which the decoder would mend.
 */
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { CborEncoder } from './cbor-encoder.ts';
import { Refusal } from './error.ts';

const shortWay = new CborEncoder();

export function encodeCbor(value: unknown): Uint8Array {
  return shortWay.encode(value) ?? encode(value, rfc8949EncodeOptions);
}

/** Decodes one value; throws `Refusal('bad-frame')` for anything but one well-formed item of at most `maxDepth` levels. */
export function decodeCbor(bytes: Uint8Array, maxDepth: number): unknown {
  const marked = scan(bytes, maxDepth);
  try {
    return decode(marked.length === 0 ? bytes : withSecondMark(bytes, marked), decodeOptions);
  } catch {
    throw new Refusal('bad-frame');
  }
}

/** Like {@link decodeCbor}, and refuses any spelling but the canonical one. For what is hashed or signed. */
export function decodeCanonical(bytes: Uint8Array, maxDepth: number): unknown {
  const value = decodeCbor(bytes, maxDepth);
  const again = encodeCbor(value);
  if (again.length !== bytes.length || again.some((byte, i) => byte !== bytes[i])) throw new Refusal('bad-frame');
  return value;
}

const decodeOptions = {
  strict: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  tags: {},
};

const protoKey = [0x5f, 0x5f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x5f, 0x5f];

/** A text that begins with U+FEFF: where its head and its bytes are. */
interface MarkedText {
  at: number;
  start: number;
  length: number;
}
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** The decoder takes U+FEFF at the beginning of a text for a mark and drops it: it gets a second one to drop. */
function withSecondMark(bytes: Uint8Array, marked: readonly MarkedText[]): Uint8Array {
  const out: Uint8Array[] = [];
  let from = 0;
  for (const { at, start, length } of marked) {
    // The head of a text is that of a number with another major type.
    const head = Uint8Array.from(encodeCbor(length + byteOrderMark.length));
    head[0]! |= 0x60;
    out.push(bytes.subarray(from, at), head, Uint8Array.from(byteOrderMark));
    from = start;
  }
  out.push(bytes.subarray(from));
  const joined = new Uint8Array(out.reduce((sum, { length }) => sum + length, 0));
  let to = 0;
  for (const part of out) {
    joined.set(part, to);
    to += part.length;
  }
  return joined;
}

/**
 * Walks the heads only. Lengths are checked against what is left, so a short frame cannot promise a long array.
 * Returns the texts that begin with U+FEFF.
 */
function scan(bytes: Uint8Array, maxDepth: number): MarkedText[] {
  const marked: MarkedText[] = [];
  const left: number[] = [1];
  const isMap: boolean[] = [false];
  let at = 0;
  while (left.length > 0) {
    const top = left.length - 1;
    if (left[top] === 0) {
      left.pop();
      isMap.pop();
      continue;
    }
    const isKey = isMap[top] === true && left[top]! % 2 === 0;
    left[top]!--;
    const { major, argument, next } = head(bytes, at);
    if (major === 3 && argument >= 3 && byteOrderMark.every((byte, i) => bytes[next + i] === byte))
      marked.push({ at, start: next, length: argument });
    at = next;
    if (major === 2 || major === 3) {
      at += argument;
      if (at > bytes.length) throw new Refusal('bad-frame');
      if (major === 3) checkText(bytes, next, at);
      if (isKey && argument === 9 && protoKey.every((byte, i) => bytes[next + i] === byte))
        throw new Refusal('bad-frame');
    } else if (major === 4 || major === 5) {
      const items = major === 5 ? argument * 2 : argument;
      if (items > bytes.length - at || left.length > maxDepth) throw new Refusal('bad-frame');
      left.push(items);
      isMap.push(major === 5);
    } else if (major === 6) throw new Refusal('bad-frame');
    if (isKey && major !== 3 && major > 1) throw new Refusal('bad-frame');
  }
  if (at !== bytes.length) throw new Refusal('bad-frame');
  return marked;
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true });

/** Refuses what is no UTF-8 [RFC 3629]. Most texts are ASCII and cost a look at each byte. */
function checkText(bytes: Uint8Array, from: number, to: number): void {
  let at = from;
  while (at < to && bytes[at]! < 0x80) at++;
  if (at === to) return;
  try {
    strictDecoder.decode(bytes.subarray(at, to));
  } catch {
    throw new Refusal('bad-frame');
  }
}

function head(bytes: Uint8Array, at: number): { major: number; argument: number; next: number } {
  const first = bytes[at];
  if (first === undefined) throw new Refusal('bad-frame');
  const major = first >> 5;
  const info = first & 31;
  if (info < 24) return { major, argument: info, next: at + 1 };
  if (info > 27) throw new Refusal('bad-frame');
  const width = 1 << (info - 24);
  let argument = 0;
  for (let i = 1; i <= width; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) throw new Refusal('bad-frame');
    argument = argument * 256 + byte;
  }
  return { major, argument: major === 7 ? 0 : argument, next: at + 1 + width };
}
