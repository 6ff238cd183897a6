// Rule 6, sizes: what does not fit into the head at once is split.

import { holdsTests } from './imports.ts';
import { closing, scan } from './scan.ts';
import { isCode, lineAt, type Problem, type Source } from './source.ts';

const LINES = { code: 400, test: 600, function: 70, component: 120 };
/** Documents have a length that is read in one sitting. */
const DOCUMENTS: Record<string, number> = { 'README.md': 150, 'ARCHITECTURE.md': 250, 'STYLE.md': 120 };
const CONTROL = /(?:^|[^\w$.])(?:if|for|while|switch|catch|with|await)\s*$/;

export function size(sources: readonly Source[]): Problem[] {
  return sources.flatMap((source) => [...fileSize(source), ...functionSizes(source)]);
}

function fileSize(source: Source): Problem[] {
  const lines = source.text.trimEnd().split('\n').length;
  const most = mostLines(source);
  return lines > most ? [{ path: source.path, line: most + 1, text: `has ${lines} lines, ${most} at most` }] : [];
}

function mostLines(source: Source): number {
  if (DOCUMENTS[source.path] !== undefined) return DOCUMENTS[source.path]!;
  if (!isCode(source) && !source.path.endsWith('.css')) return Number.POSITIVE_INFINITY;
  return holdsTests(source) ? LINES.test : LINES.code;
}

function functionSizes(source: Source): Problem[] {
  // In tests a `describe` is a function, and as long as what it describes.
  if (!isCode(source) || holdsTests(source)) return [];
  const isJsx = source.path.endsWith('x');
  const most = isJsx ? LINES.component : LINES.function;
  const { code } = scan(source.text, isJsx);
  return functions(code).flatMap(({ start, end }) => {
    const line = lineAt(code, start);
    const lines = lineAt(code, end) - line + 1;
    return lines > most ? [{ path: source.path, line, text: `has a function of ${lines} lines, ${most} at most` }] : [];
  });
}

/** Where the functions of `code` (as scanned) begin and end. */
export function functions(code: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (const match of code.matchAll(/=>\s*\{/g)) {
    found.push({ start: match.index, end: closing(code, match.index + match[0].length - 1) });
  }
  for (const match of code.matchAll(/\(/g)) {
    if (CONTROL.test(code.slice(Math.max(0, match.index - 12), match.index))) continue;
    const body = bodyAfter(code, closing(code, match.index) + 1);
    if (body !== undefined) found.push({ start: match.index, end: closing(code, body) });
  }
  return found;
}

// The `{` of the body after a parameter list: at once, or behind a return type, in which `{` can begin a type.
function bodyAfter(code: string, from: number): number | undefined {
  let at = skipSpace(code, from);
  if (code[at] === '{') return at;
  if (code[at] !== ':') return undefined;
  let wantsType = true;
  for (at = skipSpace(code, at + 1); at < code.length; at = skipSpace(code, at + 1)) {
    const char = code[at]!;
    if (char === '{' && !wantsType) return at;
    if (char === '{' || char === '[' || char === '(') at = closing(code, at);
    else if (char === '<') at = endOfTypeArguments(code, at);
    else if (/[;,)\]}=]/.test(char)) return undefined;
    wantsType = /[|&?:]/.test(char) || /\b(?:is|keyof|readonly|extends|asserts)$/.test(code.slice(at - 9, at + 1));
  }
  return undefined;
}

function skipSpace(code: string, from: number): number {
  let at = from;
  while (/\s/.test(code[at] ?? '')) at += 1;
  return at;
}

function endOfTypeArguments(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    if (code[at] === '<') depth += 1;
    if (code[at] === '>' && code[at - 1] !== '=') depth -= 1;
    if (depth === 0) return at;
  }
  return code.length;
}
