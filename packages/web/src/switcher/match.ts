/** How well a text answers what was typed. Pure. */

export interface Match {
  /** Lower is better. */
  rank: number;
  /** Where the hit begins, and its length, for marking. */
  at: number;
  length: number;
}

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Beginning of the text, then beginning of a word, then anywhere. Accents and case do not count. Undefined = no hit. */
export function match(text: string, query: string): Match | undefined {
  if (query === '') return { rank: 3, at: 0, length: 0 };
  const wanted = fold(query);
  const folded = fold(text);
  const at = folded.indexOf(wanted);
  if (at < 0) return undefined;
  const before = folded[at - 1];
  const rank = at === 0 ? (folded.length === wanted.length ? 0 : 1) : before && /[\p{L}\p{N}]/u.test(before) ? 3 : 2;
  // Folding may change lengths; then nothing is marked rather than the wrong letters.
  return folded.length === text.length ? { rank, at, length: wanted.length } : { rank, at: 0, length: 0 };
}

/** The best `most` of `items`, by match and then in the given order. */
export function best<T>(
  items: readonly T[],
  query: string,
  textsOf: (item: T) => readonly string[],
  most: number,
): T[] {
  const found: { item: T; rank: number }[] = [];
  for (const item of items) {
    const ranks = textsOf(item).flatMap((text, place) => {
      const hit = match(text, query);
      return hit ? [hit.rank + place / 10] : [];
    });
    if (ranks.length > 0) found.push({ item, rank: Math.min(...ranks) });
  }
  return found
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ item }) => item);
}

/** `@mi` asks for people, `#de` for rooms, `~lo` for channels, `/mu` for commands; anything else for all of them. */
export function readQuery(typed: string): { only: '@' | '#' | '~' | '/' | undefined; text: string } {
  const trimmed = typed.trimStart();
  const first = trimmed[0];
  if (first === '@' || first === '#' || first === '~' || first === '/')
    return { only: first, text: trimmed.slice(1).trim() };
  return { only: undefined, text: trimmed.trim() };
}
