/** Brings an exported room to a server: read twice, first to verify all of it, then to send it. */
import { open } from 'node:fs/promises';
import { limits, Refusal } from '@parley/protocol';
import { exits, Failure } from '../exit.ts';
import { linesOf } from '../rpc/lines.ts';
import { bulk } from '../session/bulk.ts';
import type { Connected } from '../session/connect.ts';
import { type FileLine, readFileLine } from './file.ts';
import { type Checkpoint, type LogLine, verifier } from './verify.ts';

/** An envelope with its parts as base64url, and the words beside it. */
const maxLineLength = limits.envelopeBytes * 4 + limits.messageText * 6;
const maxBatchBytes = 500_000;

export interface Verified {
  path: string;
  room: string;
  lines: number;
  checkpoint: Checkpoint;
}

/** Holds the whole file against its chain. Throws a failure that names the first wrong line. */
export async function verifyFile(path: string): Promise<Verified> {
  const held = verifier();
  let lines = 0;
  let end: Extract<FileLine, { type: 'checkpoint' }> | undefined;
  for await (const line of readFile(path)) {
    if (end) throw wrong(path, `line ${lines + 2} stands after the checkpoint`);
    if (line.type === 'checkpoint') {
      end = line;
      continue;
    }
    lines += 1;
    const fault = held.next(line.line);
    if (fault) throw wrong(path, `line ${lines} ${fault}`);
  }
  const { room } = held;
  if (!end) throw wrong(path, 'it has no checkpoint at its end: the export was cut off');
  const fault = held.end(end.checkpoint) ?? (room === end.room ? undefined : 'its checkpoint is of another room');
  if (fault || room === undefined) throw wrong(path, fault ?? 'it holds no lines');
  return { path, room, lines, checkpoint: end.checkpoint };
}

export type UploadResult = 'identical' | 'restored' | 'archived';

/** Sends what was verified, from where an upload that was broken off stands; resolves with what became of it. */
export async function upload(
  connected: Connected,
  verified: Verified,
  report: (sent: number) => void,
): Promise<UploadResult> {
  const { room } = verified;
  const { seq } = await bulk(connected, 'archive.write', { room, lines: [] });
  const held = Math.min(seq, verified.lines);
  try {
    return await send(connected, verified, held, report);
  } catch (error) {
    // What the server holds is of another file.
    const isOther = error instanceof Refusal && ['duplicate', 'bad-request'].includes(error.code);
    if (held === 0 || !isOther) throw error;
    return send(connected, verified, 0, report);
  }
}

async function send(
  connected: Connected,
  { path, room, checkpoint }: Verified,
  held: number,
  report: (sent: number) => void,
): Promise<UploadResult> {
  let sent = held;
  for await (const lines of pages(path, held)) {
    await bulk(connected, 'archive.write', { room, lines });
    sent += lines.length;
    report(sent);
  }
  const { result } = await bulk(connected, 'archive.write', { room, lines: [], checkpoint });
  if (result === 'more') throw new Failure(exits.failure, 'incomplete', 'the server wants more than the file holds');
  return result;
}

async function* pages(path: string, skipped: number): AsyncGenerator<LogLine[], void, void> {
  let page: LogLine[] = [];
  let bytes = 0;
  let number = 0;
  for await (const line of readFile(path)) {
    if (line.type === 'checkpoint') break;
    if (++number <= skipped) continue;
    const size = sizeOf(line.line);
    if (page.length > 0 && (page.length >= limits.importLines || bytes + size > maxBatchBytes)) {
      yield page;
      page = [];
      bytes = 0;
    }
    page.push(line.line);
    bytes += size;
  }
  if (page.length > 0) yield page;
}

async function* readFile(path: string): AsyncGenerator<FileLine, void, void> {
  const handle = await open(path);
  let number = 0;
  try {
    for await (const text of linesOf(handle.createReadStream({ autoClose: false }), maxLineLength)) {
      number += 1;
      const line = readFileLine(text);
      if (!line) throw wrong(path, `line ${number} is no line of an exported room`);
      yield line;
    }
  } finally {
    await handle.close();
  }
}

const sizeOf = ({ header, parts }: LogLine): number =>
  parts.reduce((sum, part) => sum + (part ? part.salt.length + part.bytes.length : 0), header.length);
const wrong = (path: string, what: string): Failure => new Failure(exits.failure, 'bad-archive', `${path}: ${what}`);
