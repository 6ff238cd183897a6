/** Comparing what people type with how things are called. */

/** Lower case, without accents, in one form: `Tomás` is found by `tomas`. Each letter keeps its place. */
export function fold(text: string): string {
  let folded = '';
  for (const char of text.normalize('NFC')) folded += char.normalize('NFD')[0]!.toLowerCase()[0] ?? char;
  return folded;
}

/** Where a query stands in a name, to be marked; empty when another name was found. */
export function hitIn(name: string, query: string): { from: number; to: number } {
  const from = query === '' ? -1 : fold(name).indexOf(fold(query));
  return from < 0 ? { from: 0, to: 0 } : { from, to: from + query.length };
}

/** Names of people that a text may mean: `@name` and `@name:server` outside code, without repeats, in order. */
export function namesIn(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?(?:```|$)/g, ' ').replace(/`[^`\n]*`/g, ' ');
  const found = prose.matchAll(
    /(?<![\p{L}\p{N}_.@/])@([\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}_-])?(?::[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?)?)/gu,
  );
  return [...new Set([...found].map(([, name]) => name!))];
}
