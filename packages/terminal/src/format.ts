/** Entries as lines of text for people. Pure: what the screen is like is handed in. */
import type { ChannelGap, ChannelLine } from '@parley/client';
import { type Content, type RawEntry, readEntry } from '@parley/protocol';
import { cleanLine, cleanText } from './clean.ts';
import { type Names, noticeWords, who, withServer } from './notice.ts';

export interface Format extends Names {
  /** Whether escape sequences for colours may be written. */
  colour: boolean;
  /** `full`: date and time on each line. `short`: the time alone, under lines that name the day. */
  time: 'full' | 'short';
}

const codes = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Tint = keyof typeof codes;

/** `text` in a colour, or as it is where colours are not wanted. */
export function tint(text: string, colour: Tint, wanted: boolean): string {
  return wanted ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
}

/** `2026-11-20 14:03` in the local time zone. */
export function dateTime(at: number): string {
  return `${date(at)} ${clock(at)}`;
}

/** `14:03` in the local time zone. */
export function clock(at: number): string {
  const time = new Date(at);
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** `2026-11-20` in the local time zone. */
export function date(at: number): string {
  const time = new Date(at);
  return `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

const two = (number: number): string => String(number).padStart(2, '0');
const weekday = new Intl.DateTimeFormat('en', { weekday: 'long' });

/** The line that goes before the first entry of a day: `-- Friday, 2026-11-20 --`. */
export function dayLine(at: number, format: Pick<Format, 'colour'>): string {
  return tint(`-- ${weekday.format(at)}, ${date(at)} --`, 'dim', format.colour);
}

/**
 * One entry: `2026-11-20 14:03 ada  text`. Further lines of a message are indented, so that no text can look like a line
 * of somebody else. Control characters are taken away.
 */
export function formatEntry(raw: RawEntry, format: Format): string {
  const time = format.time === 'full' ? dateTime(raw.at) : clock(raw.at);
  const stamp = tint(time, 'dim', format.colour);
  const entry = readEntry(raw);
  if (entry?.kind !== 'message') {
    const words = indented(cleanText(noticeWords(raw, format)), time.length + 4);
    return `${stamp} -- ${tint(words, 'dim', format.colour)}`;
  }
  const name = cleanLine(who(raw, format));
  const shown = tint(name, 'bold', format.colour);
  const body = raw.redacted ? null : raw.edited ? (raw.edited.body as Content | null) : entry.body;
  if (body === null) return `${stamp} ${shown}  ${tint(deletedWords(raw), 'dim', format.colour)}`;
  const said = [replyWords(body, format), body.text, raw.edited ? '(edited)' : ''].filter(Boolean).join(' ');
  const text = indented(cleanText(said), time.length + 1);
  const tail = [raw.pinned ? '[pinned]' : '', reactionWords(raw)].filter(Boolean).map((part) => `  ${part}`);
  return `${stamp} ${body.action ? `* ${shown} ` : `${shown}  `}${text}${tail.join('')}`;
}

/** Words in a channel as those in a room; what was missed: `14:03 -- 2 messages of ada were lost`. */
export function formatChannelLine(line: ChannelLine, format: Pick<Format, 'colour' | 'time'>): string {
  const time = format.time === 'full' ? dateTime(line.at) : clock(line.at);
  const stamp = tint(time, 'dim', format.colour);
  if (line.type === 'gap') return `${stamp} -- ${tint(cleanLine(gapWords(line)), 'dim', format.colour)}`;
  const shown = tint(cleanLine(withServer(line.name, line.server)), 'bold', format.colour);
  const text = indented(cleanText(line.text), time.length + 1);
  return `${stamp} ${line.action ? `* ${shown} ` : `${shown}  `}${text}`;
}

function gapWords({ from, missed }: ChannelGap): string {
  if (!from || missed === undefined) return 'there was no connection; what was said meanwhile is lost';
  return `${missed} ${missed === 1 ? 'message' : 'messages'} of ${withServer(from.name, from.server)} ${missed === 1 ? 'was' : 'were'} lost`;
}

function indented(text: string, columns: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(columns)}`);
}

function deletedWords({ redacted }: RawEntry): string {
  if (!redacted) return '(deleted)';
  return cleanLine(`(deleted by ${redacted.name}${redacted.reason ? `: ${redacted.reason}` : ''})`);
}

function replyWords({ replyTo }: Content, { nameOf }: Names): string {
  if (!replyTo) return '';
  return `(to ${nameOf?.(replyTo.user) ?? 'a message'})`;
}

function reactionWords({ reactions = [] }: RawEntry): string {
  const counts = new Map<string, number>();
  for (const { emoji } of reactions) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  if (counts.size === 0) return '';
  return `[${[...counts].map(([emoji, count]) => `${cleanLine(emoji)} ${count}`).join(', ')}]`;
}
