/** What somebody sends who means harm, frame by frame, and what may come back. */
import { type Encoding, type ErrorCode, encodeCbor } from '@parley/protocol';

export interface Attack {
  name: string;
  bytes: Uint8Array;
  /** The code of the error, or that the server closes. */
  answer: ErrorCode | 'close';
}

const utf8 = new TextEncoder();
const text = (json: string): Uint8Array => utf8.encode(json);
const hex = (digits: string): Uint8Array =>
  Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Bytes without a pattern, the same in every run. */
export function noise(length: number, seed: number): Uint8Array {
  let state = seed | 1;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  });
}

/** Values that are no request, however they are encoded. */
const misshapen: readonly [name: string, value: unknown, answer: ErrorCode][] = [
  ['nothing', null, 'bad-frame'],
  ['a number', 7, 'bad-frame'],
  ['a list', [1, 'session.ping', {}], 'bad-frame'],
  ['a request without an id', { request: 'session.ping', payload: {} }, 'bad-frame'],
  ['an id of letters', { id: '1', request: 'session.ping', payload: {} }, 'bad-frame'],
  ['a negative id', { id: -1, request: 'session.ping', payload: {} }, 'bad-frame'],
  ['a request that is a list', { id: 1, request: ['session.ping'], payload: {} }, 'bad-frame'],
  ['a field beside the payload', { id: 1, request: 'session.ping', payload: {}, admin: true }, 'bad-frame'],
  ['a field in the payload', { id: 1, request: 'session.ping', payload: { admin: true } }, 'bad-request'],
  ['a payload that is a list', { id: 1, request: 'session.ping', payload: [] }, 'bad-request'],
  ['a payload that is text', { id: 1, request: 'session.ping', payload: '{}' }, 'bad-request'],
  ['a request that nobody knows', { id: 1, request: 'server.halt', payload: {} }, 'unknown-request'],
  ['a request of every object', { id: 1, request: 'constructor', payload: {} }, 'unknown-request'],
  ['a verb of every object', { id: 1, request: 'session.toString', payload: {} }, 'unknown-request'],
  ['a field of every object', { id: 1, request: 'session.ping', payload: { hasOwnProperty: 1 } }, 'bad-request'],
  ['a constructor', { id: 1, request: 'session.ping', payload: { constructor: { prototype: {} } } }, 'bad-request'],
];

function json(): Attack[] {
  const deep = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);
  const ping = (payload: string) => text(`{"id":1,"request":"session.ping","payload":${payload}}`);
  return [
    ...misshapen.map(([name, value, answer]) => ({ name, bytes: text(JSON.stringify(value)), answer })),
    { name: 'no byte at all', bytes: text(''), answer: 'bad-frame' },
    { name: 'half a frame', bytes: text('{"id":1,"request":"session.p'), answer: 'bad-frame' },
    { name: 'two frames in one', bytes: text('{"id":1}{"id":2}'), answer: 'bad-frame' },
    { name: 'text that is no UTF-8', bytes: hex('7b22ff22'), answer: 'close' },
    { name: 'random bytes', bytes: noise(300, 1), answer: 'close' },
    { name: 'lists in lists', bytes: ping(deep('[', ']', 50_000).slice(0, 16_000)), answer: 'bad-frame' },
    { name: 'maps in maps', bytes: ping(`${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`), answer: 'bad-frame' },
    { name: '__proto__ as a name', bytes: ping('{"__proto__":{"admin":true}}'), answer: 'bad-request' },
    {
      name: '__proto__ beside the payload',
      bytes: text('{"id":1,"request":"session.ping","__proto__":{}}'),
      answer: 'bad-frame',
    },
    { name: 'a number beyond all', bytes: text('{"id":1e999,"request":"session.ping"}'), answer: 'bad-frame' },
  ];
}

function cbor(): Attack[] {
  // {"id": 1, "request": "session.ping", "payload": …}
  const ping = (payload: string) =>
    hex(`a36269640167726571756573746c73657373696f6e2e70696e67677061796c6f6164${payload}`);
  return [
    ...misshapen.map(([name, value, answer]) => ({ name, bytes: encodeCbor(value), answer })),
    { name: 'no byte at all', bytes: hex(''), answer: 'bad-frame' },
    { name: 'random bytes', bytes: noise(300, 2), answer: 'bad-frame' },
    { name: 'a list that promises 2⁶⁴ items', bytes: hex('9bffffffffffffffff'), answer: 'bad-frame' },
    { name: 'text that promises 4 GiB', bytes: hex('7affffffff61'), answer: 'bad-frame' },
    { name: 'lists in lists', bytes: hex('81'.repeat(16_000)), answer: 'bad-frame' },
    { name: 'a map without an end', bytes: hex('bf626964ff'), answer: 'bad-frame' },
    { name: 'a tag', bytes: ping('c16130'), answer: 'bad-frame' },
    { name: 'no number', bytes: ping('f97e00'), answer: 'bad-frame' },
    { name: 'undefined', bytes: ping('f7'), answer: 'bad-frame' },
    { name: 'a key twice', bytes: ping('a2616100616101'), answer: 'bad-frame' },
    { name: 'a key that is a list', bytes: ping('a18001'), answer: 'bad-frame' },
    { name: '__proto__ as a name', bytes: ping('a1695f5f70726f746f5f5fa0'), answer: 'bad-frame' },
    { name: 'text that is no UTF-8', bytes: ping('a161ff01'), answer: 'bad-frame' },
    { name: 'a rest behind the frame', bytes: hex('a000'), answer: 'bad-frame' },
  ];
}

export const attacks: Record<Encoding, readonly Attack[]> = { json: json(), cbor: cbor() };

/** Payloads that fit no request. */
export const badPayloads: readonly unknown[] = [
  null,
  0,
  '',
  [],
  [[]],
  { unknown: 1 },
  { room: 1, clientId: [], body: null },
  { room: 'x'.repeat(5_000), clientId: 'y'.repeat(5_000), body: { text: 'z' } },
  { room: { toString: 'x' }, name: { length: 5 }, token: {}, limit: -1, show: 'all' },
  { limit: 1e308, seq: -1, at: '1', before: 0.5, versions: [0], client: '\u0000', password: [], device: {} },
];

type Broken = readonly (readonly [name: string, bytes: Uint8Array])[];

/** Bytes for the port of HTTP. */
export const brokenHttp: Broken = [
  ['random bytes', noise(400, 3)],
  ['a request without end', text(`GET / HTTP/1.1\r\nx: ${'y'.repeat(70_000)}`)],
  ['no such version', text('GET / HTTP/9.9\r\nHost: x\r\n\r\n')],
  ['two lengths', text('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab')],
];

/** Bytes for the port of raw TCP. */
export const brokenTcp: Broken = [
  ['a frame of four GiB', hex('fffeffff00')],
  ['a word that nobody knows', hex('ffff0007')],
  ['a frame above the limit', hex('00100001')],
  ['a request of HTTP', text('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
];

/** A good handshake, by hand. */
export const handshake = `${[
  'GET /ws HTTP/1.1',
  'Host: 127.0.0.1',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: parley.v1.json',
].join('\r\n')}\r\n\r\n`;

/** Bytes behind the handshake [RFC 6455 §5]. */
export const brokenWebSocket: Broken = [
  ['a frame without its mask', hex('81027b7d')],
  ['reserved bits', hex('f18000000000')],
  ['an opcode that nobody knows', hex('838000000000')],
  ['a frame of nine exabytes', hex('81ff7fffffffffffffff00000000')],
  ['a ping that is too long', hex('89fe00ff00000000')],
  ['a continuation of nothing', hex('808000000000')],
  ['a beginning within a beginning', hex('018000000000018000000000')],
  ['bytes where text is spoken', hex('8281000000007b')],
];
