/**
 * Makes text of other people safe for a screen: no control characters, no escape sequences, no direction overrides.
 * Letters, marks, emoji and their joiners stay as they are.
 */
const esc = '\u001b';
const csi = '\u009b';
const end = '\u009c';
const bell = '\u0007';
// DCS, SOS, OSC, PM and APC: sequences that carry a string up to a terminator [ECMA-48 §8.3].
const strings = '\u0090\u0098\u009d\u009e\u009f';

// A string without its end loses only its introducer: else one byte would hide all that follows.
const sequences = new RegExp(
  [
    `(?:${esc}\\[|${csi})[0-?]*[ -/]*[@-~]`,
    `(?:${esc}[\\]PX^_]|[${strings}])[^${bell}${esc}${end}${strings}]*(?:${bell}|${esc}\\\\|${end})`,
    `${esc}[ -/]*[0-~]`,
  ].join('|'),
  'g',
);
const breaks = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;
const controls = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;
const allButLineFeeds = /(?!\n)[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;

/** One line: tabs and breaks become spaces. */
export function cleanLine(text: string): string {
  return text.replace(sequences, '').replace(breaks, ' ').replaceAll('\t', ' ').replace(controls, '');
}

/** Lines broken by `\n` alone; tabs become two spaces. */
export function cleanText(text: string): string {
  return text.replace(sequences, '').replace(breaks, '\n').replaceAll('\t', '  ').replace(allButLineFeeds, '');
}
