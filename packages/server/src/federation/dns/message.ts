/** Questions to a resolver and its answers, as bytes [RFC 1035, 4035, 6891]. What is not the answer to the question is none. */
import {
  AUTHENTIC_DATA,
  CHECKING_DISABLED,
  DNSSEC_OK,
  decode,
  encode,
  type Answer as PacketRecord,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';

export type QuestionType = 'A' | 'AAAA' | 'SRV' | 'TLSA' | 'TXT';

export interface Question {
  /** Lower case, without a dot at its end. */
  readonly name: string;
  readonly type: QuestionType;
}

export type ResourceRecord = Exclude<PacketRecord, { type: 'OPT' }>;

export interface Message {
  readonly rcode: number;
  readonly isTruncated: boolean;
  /** The resolver says that it has validated everything here [RFC 6840 §5.8]. */
  readonly isAuthentic: boolean;
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  /** The first extended error [RFC 8914]. */
  readonly extendedError: number | undefined;
}

/** What goes through any path without being cut into pieces. */
export const maxUdpBytes = 1_232;
/** Records of one answer: a chain of aliases, what was asked for, and a signature of each. */
const maxRecords = 128;

const headerBytes = 12;
/** An OPT record without options [RFC 6891 §6.1.2]. */
const optBytes = 11;
const responseFlag = 1 << 15;
const opcodeBits = 0x7800;
const extendedErrorOption = 15;

/**
 * A question that wants validation and its proof: DO and AD are set, CD is clear [RFC 4035 §3.2, RFC 6840 §5.7]. With
 * `isUnchecked`, CD is set: the resolver then answers with what it would not vouch for.
 */
export function encodeQuestion(id: number, { name, type }: Question, isUnchecked = false): Buffer {
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED | AUTHENTIC_DATA | (isUnchecked ? CHECKING_DISABLED : 0),
    questions: [{ name, type, class: 'IN' }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: maxUdpBytes,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: DNSSEC_OK,
        flag_do: true,
        options: [],
      },
    ],
  });
}

/** Whether these bytes say that they answer this question: its id, and the question itself, to the letter. */
export function isAnswerTo(question: Buffer, bytes: Buffer): boolean {
  if (bytes.length < headerBytes || bytes.readUInt16BE(0) !== question.readUInt16BE(0)) return false;
  const flags = bytes.readUInt16BE(2);
  if ((flags & responseFlag) === 0 || (flags & opcodeBits) !== 0 || bytes.readUInt16BE(4) !== 1) return false;
  const asked = question.subarray(headerBytes, question.length - optBytes);
  return lowerCase(bytes.subarray(headerBytes, headerBytes + asked.length)).equals(lowerCase(asked));
}

/** Reads an answer; undefined when it is malformed, has bytes left over or too many records. */
export function readMessage(bytes: Buffer): Message | undefined {
  try {
    if (bytes.length < headerBytes || recordsIn(bytes) > maxRecords) return undefined;
    const { flags = 0, flag_ad, answers = [], authorities = [], additionals = [] } = decode(bytes);
    if (decode.bytes !== bytes.length) return undefined;
    const opts = additionals.filter((record) => record.type === 'OPT');
    if (opts.length > 1) return undefined;
    return {
      rcode: (flags & 0xf) | ((opts[0]?.extendedRcode ?? 0) << 4),
      isTruncated: (flags & TRUNCATED_RESPONSE) !== 0,
      isAuthentic: flag_ad,
      answers: answers.filter(isResource),
      authorities: authorities.filter(isResource),
      extendedError: extendedErrorIn(opts[0]?.options ?? []),
    };
  } catch {
    // The library throws what its reading runs into.
    return undefined;
  }
}

/** Whether the answer was too long for a datagram: then what it holds does not matter. */
export const isCut = (bytes: Buffer): boolean => (bytes.readUInt16BE(2) & TRUNCATED_RESPONSE) !== 0;

const isResource = (record: PacketRecord): record is ResourceRecord => record.type !== 'OPT';

const recordsIn = (bytes: Buffer): number => bytes.readUInt16BE(6) + bytes.readUInt16BE(8) + bytes.readUInt16BE(10);

function extendedErrorIn(options: readonly { code: number; data?: Buffer | undefined }[]): number | undefined {
  const data = options.find(({ code }) => code === extendedErrorOption)?.data;
  return data && data.length >= 2 ? data.readUInt16BE(0) : undefined;
}

/** Names are equal in any case [RFC 4343]; the length of a label is below every letter. */
function lowerCase(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)));
}
