// Finds what a file imports, and which file that is.

import { scan } from './scan.ts';
import { isTest, lineAt, type Source } from './source.ts';

export interface Import {
  /** As written: `./room.ts`, `@parley/protocol`, `node:fs`. */
  specifier: string;
  /** What stands between `import` and `from`, '' where nothing does. */
  names: string;
  line: number;
}

// `import … from '…'`, `export … from '…'`, `import '…'` and `import('…')`. A worker's URL is no import: it is run.
const FORMS = [
  /\b(?:import|export)\b([\w\s{},*$]*?)\bfrom\s*(['"])([^'"\n]+)\2/g,
  /\bimport()\s*(['"])([^'"\n]+)\2/g,
  /\bimport()\s*\(\s*(['"])([^'"\n]+)\2/g,
];

const cache = new WeakMap<Source, Import[]>();

/** Everything `source` imports, types too, in order. */
export function importsOf(source: Source): Import[] {
  const known = cache.get(source);
  if (known) return known;
  const { code, withStrings } = scan(source.text, source.path.endsWith('x'));
  const found: (Import & { offset: number })[] = [];
  for (const form of FORMS) {
    for (const match of withStrings.matchAll(form)) {
      // Quoted code is no import: its keyword is blank where strings are.
      if (code[match.index] === ' ') continue;
      const line = lineAt(source.text, match.index);
      found.push({ specifier: match[3]!, names: match[1]!.trim(), line, offset: match.index });
    }
  }
  found.sort((a, b) => a.offset - b.offset);
  const imports = found.map(({ specifier, names, line }) => ({ specifier, names, line }));
  cache.set(source, imports);
  return imports;
}

/** The repository path that the relative `specifier` in `from` means. */
export function resolveRelative(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** The package that a bare specifier names: `@a/b/c` is `@a/b`. */
export function packageOf(specifier: string): string {
  const depth = specifier.startsWith('@') ? 2 : 1;
  return specifier.split('/').slice(0, depth).join('/');
}

export function isRelative(specifier: string): boolean {
  return specifier.startsWith('./') || specifier.startsWith('../');
}

/** A file of tests, or of a suite that several tests run. */
export function holdsTests(source: Source): boolean {
  return isTest(source.path) || importsOf(source).some(({ specifier }) => specifier === 'node:test');
}
