// How frames look on the wire, apart from any connection: a message for a thousand readers is framed once for all
// links of one framing and the same bytes are written to each.

export type Framing = 'websocket-text' | 'websocket-binary' | 'length-prefixed';

/** Where the bytes come from: `Buffer.allocUnsafe` on a server, so that Node's sockets take them without wrapping. */
export type Allocate = (size: number) => Uint8Array;

const allocateZeroed: Allocate = (size) => new Uint8Array(size);

/** Bytes before a payload of `length` bytes. */
export function headerSize(framing: Framing, length: number): number {
  if (framing === 'length-prefixed') return 4;
  if (length < 126) return 2;
  return length < 0x10000 ? 4 : 10;
}

/** Writes the header for `length` bytes at `offset` and returns the offset behind it. */
export function writeHeader(framing: Framing, length: number, into: Uint8Array, offset: number): number {
  if (framing === 'length-prefixed') return writeUint32(length, into, offset);
  // FIN and opcode, no mask: from server to client only [RFC 6455 §5.1, §5.2].
  into[offset] = framing === 'websocket-text' ? 0x81 : 0x82;
  if (length < 126) {
    into[offset + 1] = length;
    return offset + 2;
  }
  if (length < 0x10000) {
    into[offset + 1] = 126;
    into[offset + 2] = length >>> 8;
    into[offset + 3] = length;
    return offset + 4;
  }
  into[offset + 1] = 127;
  into.fill(0, offset + 2, offset + 6);
  return writeUint32(length, into, offset + 6);
}

function writeUint32(value: number, into: Uint8Array, offset: number): number {
  into[offset] = value >>> 24;
  into[offset + 1] = value >>> 16;
  into[offset + 2] = value >>> 8;
  into[offset + 3] = value;
  return offset + 4;
}

/**
 * One payload as it goes over the wire: for WebSocket an unmasked frame from server to client [RFC 6455 §5.2], else
 * its length as four bytes big-endian and the payload. A payload is below 4 GiB.
 */
export function frameOnce(framing: Framing, payload: Uint8Array, allocate: Allocate = allocateZeroed): Uint8Array {
  const framed = allocate(headerSize(framing, payload.length) + payload.length);
  framed.set(payload, writeHeader(framing, payload.length, framed, 0));
  return framed;
}

/** Several payloads, each framed, in one buffer and with one allocation. */
export function frameMany(
  framing: Framing,
  payloads: readonly Uint8Array[],
  allocate: Allocate = allocateZeroed,
): Uint8Array {
  let size = 0;
  for (const payload of payloads) size += headerSize(framing, payload.length) + payload.length;
  const framed = allocate(size);
  let offset = 0;
  for (const payload of payloads) {
    offset = writeHeader(framing, payload.length, framed, offset);
    framed.set(payload, offset);
    offset += payload.length;
  }
  return framed;
}
