/** Cuts a long text into messages. */

/** How far back from the limit a better place is looked for, as a share of it. */
const lookBack = 0.5;

/**
 * Pieces of at most `limit` UTF-16 units: cut after a line, else after a word, else between characters. The line feed or
 * blank at a cut is dropped; all else stays, and no piece is empty.
 */
export function splitText(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const window = rest.slice(0, limit + 1);
    const least = Math.floor(limit * (1 - lookBack));
    const cut = [window.lastIndexOf('\n'), window.lastIndexOf(' ')].find((at) => at >= Math.max(1, least));
    const end = cut ?? characterEnd(rest, limit);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(cut === undefined ? end : end + 1);
  }
  if (rest !== '' || pieces.length === 0) pieces.push(rest);
  return pieces;
}

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const longestCharacter = 64;

/** The last place up to `limit` that is between two characters as people see them. */
function characterEnd(text: string, limit: number): number {
  const from = Math.max(0, limit - longestCharacter);
  const around = characters.segment(text.slice(from, limit + longestCharacter));
  const start = around.containing(limit - from)?.index ?? 0;
  return start > 0 ? from + start : safeEnd(text, limit);
}

/** A pair of surrogates stays together. */
const safeEnd = (text: string, limit: number): number =>
  /[\ud800-\udbff]/.test(text[limit - 1] ?? '') && limit > 1 ? limit - 1 : limit;
