/** Reads IRC logs into a room, batch after batch in the order of the logs, so that a repeat goes on where it stopped. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { limits, type RoomView } from '@parley/protocol';
import { Failure, usage } from '../exit.ts';
import { bulk } from '../session/bulk.ts';
import type { Connected } from '../session/connect.ts';
import { findRoom, roomName } from '../session/room.ts';
import { type ArchiveLine, archiveLine } from './archive-line.ts';
import { batches } from './batch.ts';
import { decodeLines, parseIrcLog } from './irc.ts';

export interface Tally {
  added: number;
  /** There already. */
  skipped: number;
  /** Without words. */
  empty: number;
  /** Too long for a message. */
  cut: number;
  /** Of the files, done so far and in all. */
  bytes: number;
  totalBytes: number;
  /** Being read. */
  file: string;
}

export const emptyTally = (): Tally => ({ added: 0, skipped: 0, empty: 0, cut: 0, bytes: 0, totalBytes: 0, file: '' });

/** A batch stays well below a frame, whatever its letters take in UTF-8. */
const maxBatchUnits = 150_000;

export interface LogFile {
  path: string;
  bytes: number;
}

/** In the order of their days. Throws for a name that will not do and a file that is not there, before anything is done. */
export async function logFiles(paths: readonly string[]): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for (const path of paths) {
    checkName(basename(path));
    files.push({ path, bytes: (await stat(path)).size });
  }
  const name = ({ path }: LogFile) => basename(path);
  files.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
  // A line is known by its file's name: of two files of one name the second would be taken for the first.
  const twice = files.find((file, i) => i > 0 && name(file) === name(files[i - 1]!));
  if (twice) throw usage(`two files are called ${name(twice)}: give them different names`);
  return files;
}

function checkName(name: string): void {
  try {
    parseIrcLog(name, []).next();
  } catch (error) {
    throw error instanceof RangeError ? usage(error.message) : error;
  }
}

/** The room to read into: made when it is missing, joined when one is not in it. */
export async function roomFor(connected: Connected, typed: string): Promise<RoomView> {
  const { client } = connected;
  const name = roomName(typed);
  try {
    const view = await findRoom(connected, typed);
    return (await client.join(view.id)).summary.get().view;
  } catch (error) {
    const isMissing = error instanceof Failure && error.code === 'not-found';
    if (!isMissing || !('alias' in name) || name.server !== undefined) throw error;
    return (await client.create({ alias: name.alias })).summary.get().view;
  }
}

/** @param tally filled in as it goes, so that it says what was done when the import is stopped */
export async function importIrc(
  connected: Connected,
  room: string,
  files: readonly LogFile[],
  tally: Tally,
  report: () => void,
): Promise<void> {
  tally.totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path } of files) {
    tally.file = basename(path);
    const file = await readFile(path);
    const lines = kept(parseLog(path, file), tally);
    for (const batch of batches(lines, sizeOf, { maxItems: limits.importLines, maxBytes: maxBatchUnits })) {
      const { added, skipped } = await bulk(connected, 'archive.append', { room, lines: batch });
      tally.added += added;
      tally.skipped += skipped;
      report();
    }
    tally.bytes += file.length;
    report();
  }
}

function parseLog(path: string, file: Uint8Array): ReturnType<typeof parseIrcLog> {
  return parseIrcLog(basename(path), decodeLines(file));
}

function* kept(lines: ReturnType<typeof parseIrcLog>, tally: Tally): Generator<ArchiveLine, void, void> {
  for (const parsed of lines) {
    const made = archiveLine(parsed);
    if (!made) tally.empty += 1;
    else {
      if (made.cut) tally.cut += 1;
      yield made.line;
    }
  }
}

const sizeOf = ({ text, author, clientId }: ArchiveLine): number => text.length + author.length + clientId.length + 64;
