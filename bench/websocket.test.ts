import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { websocket } from './websocket.ts';
import type { Wire } from './wire.ts';

function serverFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.of(0x80 | opcode, length), payload]);
  const head = Buffer.alloc(length <= 0xffff ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = length <= 0xffff ? 126 : 127;
  if (length <= 0xffff) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

function reader(wire: Wire): { payloads: Buffer[]; replies: Buffer[]; read: (bytes: Buffer) => number } {
  const payloads: Buffer[] = [];
  const replies: Buffer[] = [];
  const keep = (buffer: Buffer, start: number, end: number) => payloads.push(Buffer.from(buffer.subarray(start, end)));
  const read = (bytes: Buffer) => wire.read(bytes, 0, bytes.length, keep, (reply) => replies.push(reply));
  return { payloads, replies, read };
}

test('finds every message of many frames in one segment', () => {
  const sent = [0, 1, 125, 126, 65_535, 65_536, 3].map((length) => Buffer.alloc(length, length));
  const { payloads, read } = reader(websocket({ path: '/' }));
  const bytes = Buffer.concat(sent.map((payload) => serverFrame(1, payload)));
  assert.equal(read(bytes), bytes.length);
  assert.deepEqual(payloads, sent);
});

test('leaves a cut frame for later, wherever it was cut', () => {
  const bytes = Buffer.concat([serverFrame(1, Buffer.from('one')), serverFrame(2, Buffer.alloc(300, 7))]);
  for (let cut = 0; cut < bytes.length; cut++) {
    const { payloads, read } = reader(websocket({ path: '/' }));
    const consumed = read(bytes.subarray(0, cut));
    assert.equal(consumed, cut < 5 ? 0 : 5);
    assert.equal(read(bytes.subarray(consumed)), bytes.length - consumed);
    assert.equal(payloads.length, 2);
  }
});

test('masks what it sends and answers a ping with its payload', () => {
  const { replies, read } = reader(websocket({ path: '/' }));
  read(serverFrame(9, Buffer.from('still there?')));
  const [pong] = replies;
  assert.equal(pong?.[0], 0x8a);
  assert.equal(pong?.[1], 0x80 | 12);
  assert.equal(Buffer.from(pong!.subarray(6).map((byte, i) => byte ^ pong![2 + (i & 3)]!)).toString(), 'still there?');
});

test('takes a close, a mask or a fragment for a failure', () => {
  const { read } = reader(websocket({ path: '/' }));
  assert.throws(() => read(serverFrame(8, Buffer.alloc(0))), /closed/);
  assert.throws(() => read(Buffer.of(0x81, 0x80, 0, 0, 0, 0)), /mask/);
  assert.throws(() => read(Buffer.of(0x01, 0x00)), /whole messages/);
});

test('accepts only the answer to its own handshake', () => {
  const wire = websocket({ path: '/x', protocol: 'p' });
  const key = /Sec-WebSocket-Key: (.+)\r\n/.exec(wire.opening().toString())?.[1];
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const answer = (head: string) => Buffer.from(`${head}\r\n\r\nrest`);
  const opened = (bytes: Buffer) => wire.opened(bytes, 0, bytes.length);
  const good = `HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: ${accept}\r\nSec-WebSocket-Protocol: p`;
  assert.equal(opened(answer(good)), good.length + 4);
  assert.equal(opened(Buffer.from(good)), -1);
  assert.throws(() => opened(answer(good.replace('101', '403'))), /refused/);
  assert.throws(() => opened(answer(good.replace(accept, 'x'))), /another WebSocket key/);
  assert.throws(() => opened(answer(good.replace(': p', ': q'))), /another protocol/);
});
