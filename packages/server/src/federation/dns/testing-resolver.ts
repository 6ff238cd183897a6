/** A resolver on loopback, by UDP and TCP on one port, that says what a test wants. For tests. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket as Stream } from 'node:net';
import {
  type Answer,
  AUTHENTIC_DATA,
  type DecodedPacket,
  decode,
  encode,
  type Packet,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import type { ResolverAddress } from './exchange.ts';

export interface Asked {
  readonly name: string;
  readonly type: string;
  readonly by: 'udp' | 'tcp';
  readonly packet: DecodedPacket;
}

/** What is sent for a question: these bytes, several datagrams of them, or nothing. */
export type Answering = (asked: Asked) => Buffer | readonly Buffer[] | undefined;

export interface TestResolver extends AsyncDisposable {
  readonly address: ResolverAddress;
  /** Every question that arrived. */
  readonly asked: Asked[];
  /** May be changed at any time. */
  answering: Answering;
}

export interface TestAnswer {
  answers?: Answer[];
  authorities?: Answer[];
  rcode?: number;
  /** Whether the resolver says that it has validated it. */
  isValidated?: boolean;
  isTruncated?: boolean;
  extendedError?: number;
}

/** A proper answer to a question. */
export function answerTo(asked: Asked, answer: TestAnswer = {}): Buffer {
  return encode({ ...headOf(asked, answer), questions: asked.packet.questions ?? [] });
}

/** An answer with another id, or to another question. */
export function answerOf(asked: Asked, other: Partial<Packet>, answer: TestAnswer = {}): Buffer {
  return encode({ ...headOf(asked, answer), questions: asked.packet.questions ?? [], ...other });
}

function headOf({ packet }: Asked, answer: TestAnswer): Packet {
  const { answers = [], authorities = [], rcode = 0, isValidated, isTruncated, extendedError } = answer;
  const flags =
    RECURSION_DESIRED |
    RECURSION_AVAILABLE |
    rcode |
    (isValidated ? AUTHENTIC_DATA : 0) |
    (isTruncated ? TRUNCATED_RESPONSE : 0);
  const error = Buffer.alloc(2);
  error.writeUInt16BE(extendedError ?? 0);
  // The types of the library know no extended errors, which it passes on all the same.
  const options = extendedError === undefined ? [] : [{ code: 15, data: error } as never];
  const opt: Answer = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 1_232,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options,
  };
  return { type: 'response', id: packet.id, flags, answers, authorities, additionals: [opt] };
}

export interface TestRecords {
  readonly [nameAndType: string]: TestAnswer;
}

/** Answers from a table by `NAME TYPE`; whatever is not in it does not exist. */
export function answeringFrom(records: TestRecords): Answering {
  return (asked) => answerTo(asked, records[`${asked.name} ${asked.type}`] ?? { rcode: 3 });
}

/** Records of one name, as answers hold them. */
export const recordsOf = (name: string, ttl: number) => ({
  txt: (...texts: string[]): Answer => ({ type: 'TXT', name, ttl, data: texts }),
  srv: (priority: number, weight: number, port: number, target: string): Answer => ({
    type: 'SRV',
    name,
    ttl,
    data: { priority, weight, port, target },
  }),
  tlsa: (usage: number, selector: number, matchingType: number, hex: string): Answer => ({
    type: 'TLSA',
    name,
    ttl,
    data: { usage, selector, matchingType, certificate: Buffer.from(hex, 'hex') },
  }),
  cname: (target: string): Answer => ({ type: 'CNAME', name, ttl, data: target }),
  soa: (minimum: number): Answer => ({
    type: 'SOA',
    name,
    ttl,
    data: { mname: `ns.${name}`, rname: `root.${name}`, minimum },
  }),
  a: (address: string): Answer => ({ type: 'A', name, ttl, data: address }),
});

export async function testResolver(answering: Answering): Promise<TestResolver> {
  const [udp, tcp, port] = await boundSockets();
  const streams = new Set<Stream>();
  const resolver: TestResolver = {
    address: { host: '127.0.0.1', port },
    asked: [],
    answering,
    async [Symbol.asyncDispose]() {
      for (const stream of streams) stream.destroy();
      const closed = [once(udp, 'close'), once(tcp, 'close')];
      udp.close();
      tcp.close();
      await Promise.all(closed);
    },
  };
  const answersFor = (bytes: Buffer, by: Asked['by']): readonly Buffer[] => {
    const packet = decode(bytes);
    const { name = '', type = 'A' } = packet.questions?.[0] ?? {};
    const asked: Asked = { name, type, by, packet };
    resolver.asked.push(asked);
    return [resolver.answering(asked) ?? []].flat();
  };
  udp.on('message', (bytes, from) => {
    for (const answer of answersFor(bytes, 'udp')) udp.send(answer, from.port, from.address);
  });
  tcp.on('connection', (stream) => {
    streams.add(stream);
    stream.on('error', () => {}).on('close', () => streams.delete(stream));
    stream.once('data', (bytes: Buffer) => {
      for (const answer of answersFor(bytes.subarray(2), 'tcp')) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        stream.write(Buffer.concat([length, answer]));
      }
    });
  });
  return resolver;
}

/** UDP and TCP on the same port, whichever is free for both. */
async function boundSockets(): Promise<[Socket, ReturnType<typeof createServer>, number]> {
  for (;;) {
    const udp = createSocket('udp4').bind(0, '127.0.0.1');
    await once(udp, 'listening');
    const { port } = udp.address();
    const tcp = createServer().listen(port, '127.0.0.1');
    const isBound = await once(tcp, 'listening').then(
      () => true,
      () => false,
    );
    if (isBound) return [udp, tcp, port];
    udp.close();
  }
}
