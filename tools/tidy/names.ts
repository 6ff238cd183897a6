// Rules 6 and 7, names: a file is named after its subject, by the same noun in every layer.

import { scan } from './scan.ts';
import { baseName, isCode, isTest, lineAt, type Problem, type Source } from './source.ts';

// They name a heap, not a subject.
const EMPTY = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'types', 'manager', 'misc']);
// What reads these files asks for the default export.
const ASKED_FOR_DEFAULT = /(?:^|\/)vite\.config\.ts$|\.d\.ts$|^tools\/reporter\.ts$/;

export function fileNames(sources: readonly Source[]): Problem[] {
  return sources.filter(isCode).flatMap(({ path }) => {
    const word = path.split(/[/.-]/).find((part) => EMPTY.has(part.toLowerCase()));
    return word === undefined
      ? []
      : [{ path, line: 1, text: `is named ${word}, which says nothing: name its subject` }];
  });
}

export function defaultExports(sources: readonly Source[]): Problem[] {
  return sources
    .filter((source) => isCode(source) && !ASKED_FOR_DEFAULT.test(source.path))
    .flatMap((source) => {
      const { code } = scan(source.text, source.path.endsWith('x'));
      return [...code.matchAll(/\bexport\s+default\b|\bas\s+default\s*[,}]/g)].map((match) => ({
        path: source.path,
        line: lineAt(code, match.index),
        text: 'has a default export: one thing has one name',
      }));
    });
}

/**
 * Every module and every store of the server is named after a noun of the protocol, a part of one `<noun>-<part>`.
 * `infrastructure` names the files in `store/` that hold no noun.
 */
export function nouns(sources: readonly Source[], infrastructure: readonly string[]): Problem[] {
  const stems = (folder: string) =>
    sources
      .filter(({ path }) => path.startsWith(folder) && path.endsWith('.ts') && !isTest(path))
      .filter(({ path }) => !path.slice(folder.length).includes('/'))
      .map(({ path }) => ({ path, noun: baseName(path).replace(/\.ts$/, '') }));
  const known = new Set(stems('packages/protocol/src/').map(({ noun }) => noun));
  const isNamed = (noun: string, names: readonly string[]) =>
    names.some((name) => noun === name || noun.startsWith(`${name}-`) || noun.startsWith(`${name}.`));
  const strange = (folder: string, except: readonly string[]) =>
    stems(folder)
      .filter(({ noun }) => !isNamed(noun, [...known, ...except]))
      .map(({ path, noun }) => ({ path, line: 1, text: `is named ${noun}, a noun that the protocol does not have` }));
  return [...strange('packages/server/src/modules/', []), ...strange('packages/server/src/store/', infrastructure)];
}
