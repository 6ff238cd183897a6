/** Completion while one types: finds what is begun at the caret, ranks what it may become, puts it in. */

export type Trigger = '@' | '#' | ':' | '/';
export interface Begun {
  trigger: Trigger;
  /** What was typed after the trigger. */
  query: string;
  /** Where the trigger stands and where the query ends. */
  start: number;
  end: number;
}

export interface Candidate {
  key: string;
  /** What is put into the text, without the space after it. */
  insert: string;
  /** What is matched and shown first; `also` is matched too. */
  label: string;
  also?: readonly string[];
  /** Breaks ties; larger comes first. */
  weight?: number;
}
export interface Match<C extends Candidate = Candidate> {
  candidate: C;
  /** The part of `label` that matched, to be marked; empty when another name matched. */
  from: number;
  to: number;
}

const before = { '@': /[\s([{"'“‘*_/]/, '#': /[\s([{"'“‘*_]/, ':': /[\s([{"'“‘*_]/, '/': /^$/ };
const inside = {
  '@': /^[\p{L}\p{M}\p{N}._-]{0,40}$/u,
  '#': /^[\p{L}\p{M}\p{N}._-]{0,64}$/u,
  ':': /^[a-z0-9_+-]{2,32}$/i,
  '/': /^[a-z-]{0,32}$/i,
};
const window = 66;

/** What is begun before the caret, if anything: `/` only at the start of the text, `:` from two letters on. */
export function begunAt(text: string, caret: number): Begun | undefined {
  for (let start = caret - 1; start >= Math.max(0, caret - window); start--) {
    const trigger = text[start]!;
    if (trigger === '\n' || trigger === ' ') return undefined;
    if (!isTrigger(trigger)) continue;
    const query = text.slice(start + 1, caret);
    const fits = start === 0 || before[trigger].test(text[start - 1]!);
    if (fits && inside[trigger].test(query)) return { trigger, query, start, end: caret };
    if (trigger !== ':') return undefined;
  }
  return undefined;
}

const isTrigger = (char: string): char is Trigger => char === '@' || char === '#' || char === ':' || char === '/';

/** The best `max` candidates for a query: whole names, then beginnings, then beginnings of words, then anything inside. */
export function rank<C extends Candidate>(query: string, candidates: Iterable<C>, max = 8): Match<C>[] {
  const wanted = fold(query);
  const found: { match: Match<C>; score: number }[] = [];
  for (const candidate of candidates) {
    const label = scoreOf(wanted, candidate.label);
    let score = label.score;
    for (const other of candidate.also ?? []) score = Math.max(score, scoreOf(wanted, other).score - 1);
    if (score <= 0) continue;
    const hit = label.score >= score ? label : { from: 0, to: 0 };
    found.push({ match: { candidate, from: hit.from, to: hit.to }, score });
  }
  found.sort(
    (a, b) =>
      b.score - a.score ||
      (b.match.candidate.weight ?? 0) - (a.match.candidate.weight ?? 0) ||
      a.match.candidate.label.length - b.match.candidate.label.length ||
      (a.match.candidate.label < b.match.candidate.label ? -1 : 1),
  );
  return found.slice(0, max).map(({ match }) => match);
}

/** The text with the candidate in place of what was begun, a space after it, and where the caret goes. */
export function complete(text: string, begun: Begun, insert: string): { text: string; caret: number } {
  const rest = text.slice(begun.end);
  const space = rest.startsWith(' ') ? '' : ' ';
  return {
    text: text.slice(0, begun.start) + insert + space + rest,
    caret: begun.start + insert.length + 1,
  };
}

/** Names of people that a text may mean: `@name` outside code, without repeats, in order. */
export function namesIn(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?(?:```|$)/g, ' ').replace(/`[^`\n]*`/g, ' ');
  const found = prose.matchAll(/(?<![\p{L}\p{N}_.@/])@([\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}_-])?)/gu);
  return [...new Set([...found].map(([, name]) => name!))];
}

/** Lower case, without accents, in one form: `Tomás` is found by `tomas`. Each letter keeps its place. */
export function fold(text: string): string {
  let folded = '';
  for (const char of text.normalize('NFC')) folded += char.normalize('NFD')[0]!.toLowerCase()[0] ?? char;
  return folded;
}

function scoreOf(wanted: string, name: string): { score: number; from: number; to: number } {
  const folded = fold(name);
  const from = folded.indexOf(wanted);
  if (wanted === '') return { score: 1, from: 0, to: 0 };
  if (from < 0) return { score: 0, from: 0, to: 0 };
  const to = from + wanted.length;
  if (from === 0) return { score: folded.length === to ? 100 : 80, from, to };
  const atWord = /[\s._-]/.test(folded[from - 1]!);
  return { score: atWord ? 60 : 40, from, to };
}
