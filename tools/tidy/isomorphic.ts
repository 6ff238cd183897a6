// Rule 2: what runs in a browser too uses nothing of Node.

import { isBuiltin } from 'node:module';
import { holdsTests, importsOf, isRelative, packageOf, resolveRelative } from './imports.ts';
import { scan } from './scan.ts';
import { isCode, lineAt, type Problem, type Source } from './source.ts';

const EVERYWHERE = /^packages\/(?:protocol|room|e2ee|client|web)\/src\//;
const NODE_SIDE = /^packages\/client\/src\/node\//;
// In link each transport has its own subpath: only what these entries reach must run everywhere.
const LINK_ENTRIES = ['index', 'memory', 'websocket-browser'].map((name) => `packages/link/src/${name}.ts`);
const NODE_PACKAGES = new Set(['ws', 'pino']);
const NODE_GLOBALS = /(?<![.\w$'"])(?:Buffer|process)\s*\.\s*\w/g;

export function isomorphic(sources: readonly Source[]): Problem[] {
  const files = new Map(sources.filter(isCode).map((source) => [source.path, source]));
  const everywhere = [...files.values()].filter(({ path }) => EVERYWHERE.test(path) && !NODE_SIDE.test(path));
  const ofLink = reachable(files, LINK_ENTRIES);
  return [...new Set([...everywhere, ...ofLink])].filter((source) => !holdsTests(source)).flatMap(nodeParts);
}

function reachable(files: Map<string, Source>, entries: readonly string[]): Source[] {
  const found = new Map<string, Source>();
  const queue = [...entries];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const source = files.get(path);
    if (source === undefined || found.has(path)) continue;
    found.set(path, source);
    for (const { specifier } of importsOf(source)) {
      if (isRelative(specifier)) queue.push(resolveRelative(path, specifier));
    }
  }
  return [...found.values()];
}

function nodeParts(source: Source): Problem[] {
  const problem = (line: number, what: string) => ({
    path: source.path,
    line,
    text: `uses ${what}, but runs in a browser too: have it handed in`,
  });
  const { code } = scan(source.text, source.path.endsWith('x'));
  return [
    ...importsOf(source)
      .filter(({ specifier }) => isBuiltin(specifier) || NODE_PACKAGES.has(packageOf(specifier)))
      .map(({ specifier, line }) => problem(line, specifier)),
    ...[...code.matchAll(NODE_GLOBALS)].map((match) => problem(lineAt(code, match.index), match[0])),
  ];
}
