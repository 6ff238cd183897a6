// The forms that one line of an IRC log can take, without its time: a message, an action, who came and went.
// The logger wrote a space after every ']' in a nick (`bur[n] er`, `[set] `): nicks are given without it.

export type IrcKind = 'message' | 'action' | 'notice' | 'join' | 'part' | 'quit' | 'nick' | 'mode' | 'topic' | 'other';

/** What a line says. `text` is empty for join, part, quit and nick; an `other` line is kept whole under the nick `log`. */
export interface IrcForm {
  nick: string;
  kind: IrcKind;
  text: string;
  newNick?: string;
  reason?: string;
}

const unspaced = (nick: string) => nick.replaceAll('] ', ']').trim();

const other = (line: string): IrcForm => ({ nick: 'log', kind: 'other', text: line });

/** Reads what follows `[hh:mm] `; `line` is the whole line, kept for a form that is not known. */
export function timedForm(rest: string, line: string): IrcForm {
  const said = /^<([^>]+)>(?: (.*))?$/s.exec(rest);
  if (said) return { nick: unspaced(said[1]!), kind: 'message', text: said[2] ?? '' };
  const action = /^ ?\* ([^ ]+)(?: (.*))?$/s.exec(rest);
  if (action) return { nick: action[1]!, kind: 'action', text: action[2] ?? '' };
  const notice = /^-([^ :]+)(?::[^ ]+)?- ?(.*)$/s.exec(rest);
  if (notice) return { nick: notice[1]!, kind: 'notice', text: notice[2]! };
  const toChannel = /^\(([^ /]+)\/[#&][^ )]*\) ?(.*)$/s.exec(rest);
  if (toChannel) return { nick: toChannel[1]!, kind: 'message', text: toChannel[2]! };
  return other(line);
}

/** A reason as the logger wrote it: in brackets, mostly quoted, now and then cut off. */
function reasonOf(bracketed: string | undefined): { reason?: string } {
  const reason = bracketed?.trim().replace(/^\[/, '').replace(/\]$/, '').replace(/^"/, '').replace(/"$/, '') ?? '';
  return reason === '' ? {} : { reason };
}

type Reader = (found: RegExpExecArray) => IrcForm;

const departure: Reader = ([, nick, verb, reason]) => ({
  nick: unspaced(nick!),
  kind: verb === 'quit' ? 'quit' : 'part',
  text: '',
  ...reasonOf(reason),
});

const kick: Reader = ([, nick, by, reason]) => ({
  nick: unspaced(nick!),
  kind: 'part',
  text: '',
  reason: `kicked by ${unspaced(by!)}${reason ? `: ${reason}` : ''}`,
});

// In order: an action may say anything, so the forms with fixed words come first.
const statusForms: readonly (readonly [RegExp, Reader])[] = [
  [/^(.+?) \[[^ ].*\] +has joined [#&][^ ]*$/, ([, nick]) => ({ nick: unspaced(nick!), kind: 'join', text: '' })],
  [/^(.+?) \[[^ ].*?\] {2}has (left|quit)(?: [#&][^ ]*)?( \[.*)?$/, departure],
  [
    /^([^ ]+(?:\] [^ ]*)*) is now known as ([^ ]+(?:\] [^ ]*)*)$/,
    ([, nick, newNick]) => ({ nick: unspaced(nick!), kind: 'nick', text: '', newNick: unspaced(newNick!) }),
  ],
  [/^mode\/[^ ]+ \[(.*)\] +by (.+)$/, ([, text, nick]) => ({ nick: unspaced(nick!), kind: 'mode', text: text! })],
  [/^\.\.\[topic\/[^ :]+:([^ \]]+)\] : (.*)$/, ([, nick, text]) => ({ nick: nick!, kind: 'topic', text: text! })],
  [
    /^([^ ]+) changed the topic of [#&][^ ]* to: ?(.*)$/,
    ([, nick, text]) => ({ nick: nick!, kind: 'topic', text: text! }),
  ],
  [/^Topic for [#&][^ ]*: (.*)$/, ([, text]) => ({ nick: 'log', kind: 'topic', text: text! })],
  [/^(.+?) was kicked off [#&][^ ]* by ([^ ]+)(?: \((.*)\))?$/, kick],
];

const loggersOwn = /^(?:netjoined:|netsplit:|Starting logfile |Ending logfile |Topic \([#&])/;

/** Reads what follows `=== `. `knownNick` says whether a nick was seen in this log, to tell `bur[n] er waves` apart. */
export function statusForm(rest: string, line: string, knownNick: (nick: string) => boolean): IrcForm {
  for (const [pattern, read] of statusForms) {
    const found = pattern.exec(rest);
    if (found) return read(found);
  }
  const action = /^([^ ]+) +(.*)$/s.exec(rest);
  if (!action || loggersOwn.test(rest)) return other(line);
  const nick = action[1]!;
  const torn = nick.includes(']') ? /^([^ ]+) ([^ ]+) (.*)$/s.exec(rest) : null;
  if (torn && knownNick(torn[1]! + torn[2]!)) return { nick: torn[1]! + torn[2]!, kind: 'action', text: torn[3]! };
  return { nick, kind: 'action', text: action[2]! };
}
