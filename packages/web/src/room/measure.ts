/** What can be said of a message's height before it is drawn. */
import type { Item } from './group.ts';

/** Folded until one asks for all of it: about a screen and a half. */
const foldedLines = 40;
const foldedLength = 3_000;
/** Characters of a line of 600 px. */
const perLine = 72;

export function isLong(text: string): boolean {
  if (text.length > foldedLength) return true;
  if (text.length < foldedLines) return false;
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) if (++lines >= foldedLines) return true;
  return false;
}

const onlyEmoji = /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Emoji_Modifier}|\u200d|\s){1,16}$/u;
/** One to three emoji and nothing else are shown large. */
export function isJumbo(text: string): boolean {
  if (text.length > 40 || !onlyEmoji.test(text)) return false;
  return [...new Intl.Segmenter().segment(text.replace(/\s/g, ''))].length <= 3;
}

const guesses = new WeakMap<Item, number>();

/** A first guess at the height of an item, px; the virtual list corrects it when the item is drawn. */
export function guessHeight(item: Item): number {
  let guess = guesses.get(item);
  if (guess === undefined) {
    guess = guessOf(item);
    guesses.set(item, guess);
  }
  return guess;
}

function guessOf(item: Item): number {
  switch (item.type) {
    case 'day':
      return 48;
    case 'new':
      return 24;
    case 'notices':
    case 'unknown':
      return 32;
    case 'start':
      return 120;
    case 'message': {
      const text = item.row.body?.text ?? '';
      let lines = 1;
      for (let at = text.indexOf('\n'); at >= 0 && lines < foldedLines; at = text.indexOf('\n', at + 1)) lines++;
      lines = Math.min(foldedLines, lines + Math.floor(text.length / perLine));
      const reactions = item.row.reactions.length > 0 ? 34 : 0;
      const quote = item.row.body?.replyTo ? 24 : 0;
      return (item.head ? 40 : 8) + lines * 22 + reactions + quote;
    }
  }
}
