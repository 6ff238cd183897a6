/** What an IRC log says, as lines of an archive: messages and actions stay, all else becomes a plain sentence. */
import { limits, type Payload } from '@parley/protocol';
import type { ImportedLine } from './irc.ts';

export type ArchiveLine = Payload<'archive.append'>['lines'][number];

const sentences: Record<Exclude<ImportedLine['kind'], 'message' | 'action'>, (line: ImportedLine) => string> = {
  notice: ({ nick, text }) => `Notice of ${nick}: ${text}`,
  join: ({ nick }) => `${nick} joined`,
  part: ({ nick, reason }) => `${nick} left${because(reason)}`,
  quit: ({ nick, reason }) => `${nick} quit${because(reason)}`,
  nick: ({ nick, newNick }) => `${nick} is now known as ${newNick}`,
  mode: ({ nick, text }) => `${nick} set the mode ${text}`,
  topic: ({ nick, text }) => (nick === 'log' ? `The topic is: ${text}` : `${nick} changed the topic to: ${text}`),
  other: ({ text }) => text,
};
const because = (reason: string | undefined): string => (reason ? ` (${reason})` : '');

/** Undefined for a message or action without words: there is nothing to keep. */
export function archiveLine(line: ImportedLine): { line: ArchiveLine; cut: boolean } | undefined {
  const kind = line.kind === 'message' || line.kind === 'action' ? line.kind : 'system';
  const whole = line.kind === 'message' || line.kind === 'action' ? line.text : sentences[line.kind](line);
  if (whole.trim() === '') return undefined;
  const cut = whole.length > limits.messageText;
  const text = cut ? `${whole.slice(0, limits.messageText - 1).toWellFormed()}…` : whole;
  return { line: { clientId: line.clientId, at: line.at, author: authorOf(line.nick), kind, text }, cut };
}

/** A nick as a name to show: one line, not empty, not too long. */
function authorOf(nick: string): string {
  const name = nick
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(0, limits.displayName)
    .toWellFormed();
  return name === '' ? 'unknown' : name;
}
