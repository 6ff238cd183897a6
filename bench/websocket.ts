// The client side of WebSocket [RFC 6455], as little as a load generator needs, so that it costs less than any server
// it measures: no events, no strings, no copies. Answers pings; takes a close or a fragmented message for a failure.
import { createHash, randomBytes } from 'node:crypto';
import type { Wire } from './wire.ts';

const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const maxHeadBytes = 16_384;

export interface WebSocketOptions {
  path: string;
  /** `Sec-WebSocket-Protocol`, which the server has to choose */
  protocol?: string;
  /** sends binary messages instead of text */
  binary?: boolean;
}

function maskedFrame(opcode: number, payload: Buffer, mask: Buffer): Buffer {
  const { length } = payload;
  if (length > 0xffff) throw new RangeError('a load generator sends at most 65535 bytes a message');
  const at = length < 126 ? 6 : 8;
  const frame = Buffer.allocUnsafe(at + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | Math.min(length, 126);
  if (length >= 126) frame.writeUInt16BE(length, 2);
  mask.copy(frame, at - 4);
  for (let i = 0; i < length; i++) frame[at + i] = payload[i]! ^ mask[i & 3]!;
  return frame;
}

function checkAnswer(head: string, key: string, options: WebSocketOptions): void {
  const accept = createHash('sha1')
    .update(key + acceptSuffix)
    .digest('base64');
  const lines = head.split('\r\n');
  const fields = new Map(
    lines.slice(1).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  if (!lines[0]?.startsWith('HTTP/1.1 101 ')) throw new Error(`the server refused the WebSocket: ${lines[0]}`);
  if (fields.get('sec-websocket-accept') !== accept) throw new Error('the server answered another WebSocket key');
  if (fields.get('sec-websocket-protocol') !== options.protocol) throw new Error('the server chose another protocol');
  if (fields.has('sec-websocket-extensions')) throw new Error('the server chose an extension nobody offered');
}

/** A wire for one connection: text or binary messages, each in one frame. */
export function websocket(options: WebSocketOptions): Wire {
  const key = randomBytes(16).toString('base64');
  const mask = randomBytes(4);
  const opcode = options.binary ? opcodes.binary : opcodes.text;
  return {
    opening() {
      const protocol = options.protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${options.protocol}\r\n`;
      return Buffer.from(
        `GET ${options.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n${protocol}\r\n`,
      );
    },
    opened(buffer, start, end) {
      const blank = buffer.subarray(start, end).indexOf('\r\n\r\n');
      if (blank === -1 && end - start > maxHeadBytes) throw new Error('the head of the answer is too long');
      if (blank === -1) return -1;
      checkAnswer(buffer.toString('latin1', start, start + blank), key, options);
      return start + blank + 4;
    },
    frame: (payload) => maskedFrame(opcode, payload, mask),
    read(buffer, start, end, sink, reply) {
      let at = start;
      while (end - at >= 2) {
        const first = buffer[at]!;
        let length = buffer[at + 1]!;
        let head = at + 2;
        if (length > 127) throw new Error('a server must not mask [RFC 6455 §5.1]');
        if (length >= 126) {
          const bytes = length === 126 ? 2 : 8;
          if (end - head < bytes) break;
          length = bytes === 2 ? buffer.readUInt16BE(head) : Number(buffer.readBigUInt64BE(head));
          head += bytes;
        }
        const next = head + length;
        if (next > end) break;
        const kind = first & 0x0f;
        if ((first & 0xf0) !== 0x80) throw new Error('the load generator reads only whole messages');
        if (kind === opcodes.text || kind === opcodes.binary) sink(buffer, head, next);
        else if (kind === opcodes.ping) reply(maskedFrame(opcodes.pong, buffer.subarray(head, next), mask));
        else if (kind !== opcodes.pong) throw new Error('the server closed the WebSocket');
        at = next;
      }
      return at;
    },
  };
}
