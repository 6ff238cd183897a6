// Reads the logs of an IRC channel, one event a line: what was imported is known by file and line number, because
// equal lines recur. No line is lost: a form nobody knows becomes an event of kind `other` with the raw text.
import { dayOf, logClock } from './irc-clock.ts';
import { type IrcForm, type IrcKind, statusForm, timedForm } from './irc-form.ts';

export interface ImportedLine {
  /** Stable over imports: `irc:2004-12-25.train-c:17`, from the file's name and the 1-based line; at most 64 characters. */
  clientId: string;
  /** ms UTC, never less than the line's before */
  at: number;
  nick: string;
  kind: IrcKind;
  text: string;
  newNick?: string;
  reason?: string;
}

const maxStemLength = 48;
// An IRC line has 512 bytes; a longer one is taken as it is, so that no pattern can backtrack for long.
const maxLineLength = 4096;
// Lines before the first time wait for it; past this many they get the day's midnight.
const maxUntimedStart = 100;
// Only nicks with a bracket are remembered: see statusForm.
const maxKnownNicks = 10_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });
const latin1 = new TextDecoder('latin1');

/** Decodes one line as UTF-8, or as Latin-1 where it is not valid UTF-8: old clients chose their own encoding. */
export function decodeLine(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
}

/** Splits a whole file at its line feeds and decodes each line alone; the empty rest after the last one is no line. */
export function* decodeLines(file: Uint8Array): Generator<string> {
  let start = 0;
  while (start < file.length) {
    const feed = file.indexOf(0x0a, start);
    const end = feed === -1 ? file.length : feed;
    yield decodeLine(file.subarray(start, end));
    start = end + 1;
  }
}

function formReader(): (line: string, timed: RegExpExecArray | null) => IrcForm {
  const known = new Set<string>();
  return (line, timed) => {
    let form: IrcForm;
    if (line.length > maxLineLength) form = { nick: 'log', kind: 'other', text: line };
    else if (timed) form = timedForm(timed[3]!, line);
    else if (line.startsWith('=== ')) form = statusForm(line.slice(4), line, (nick) => known.has(nick));
    else form = { nick: 'log', kind: 'other', text: line };
    for (const nick of [form.nick, form.newNick]) {
      if (nick?.includes(']') && known.size < maxKnownNicks) known.add(nick);
    }
    return form;
  };
}

/**
 * Reads a log in order and yields exactly one event for each line that is not empty.
 * `fileName` is the base name (`2004-12-25.train-c.raw.txt`): its date gives the day, its stem the clientIds.
 * Throws a RangeError when the name holds no date, a blank, or more than 48 characters before `.raw.txt`.
 */
export function* parseIrcLog(fileName: string, lines: Iterable<string>): Generator<ImportedLine> {
  const stem = fileName.replace(/(?:\.raw)?\.(?:txt|log)$/, '');
  const midnight = dayOf(stem);
  if (midnight === undefined || stem.length > maxStemLength || !/^[\w.-]+$/.test(stem)) {
    throw new RangeError(`not the name of a log, YYYY-MM-DD.name.raw.txt: ${fileName}`);
  }
  const clock = logClock(midnight);
  const read = formReader();
  let at: number | undefined;
  let waiting: Omit<ImportedLine, 'at'>[] = [];
  let number = 0;
  for (const raw of lines) {
    number++;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line === '') continue;
    const timed = /^\[([01]\d|2[0-3]):([0-5]\d)\] (.*)$/s.exec(line);
    if (timed) at = clock(Number(timed[1]), Number(timed[2]));
    const event = { clientId: `irc:${stem}:${number}`, ...read(line, timed) };
    if (at === undefined && waiting.length < maxUntimedStart) {
      waiting.push(event);
      continue;
    }
    at ??= midnight;
    for (const early of waiting) yield { ...early, at };
    waiting = [];
    yield { ...event, at };
  }
  for (const early of waiting) yield { ...early, at: midnight };
}
