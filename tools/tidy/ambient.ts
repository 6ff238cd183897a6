// Rule 5: what differs from run to run (time, chance, timers, environment, console) is handed in. This ban is what
// lets the simulation run the product's own code on a virtual clock, from a seed.

import { holdsTests, importsOf } from './imports.ts';
import { scan } from './scan.ts';
import { baseName, isCode, lineAt, type Problem, type Source } from './source.ts';

const WHERE = /^packages\/(?:protocol|room|link|e2ee|client|server)\//;
const EDGES = new Set(['main.ts', 'config.ts', 'runtime.ts']);

interface Ban {
  what: RegExp;
  instead: string;
}

const owned = String.raw`(?:(?<![\w$.])|(?<=\b(?:globalThis|window|self)\.))`;
const BANS: Ban[] = [
  { what: /\bDate\s*\.\s*now\b/g, instead: 'the clock handed in' },
  { what: /\bnew\s+Date\b\s*(?:\(\s*\)|(?!\s*\())/g, instead: 'the clock handed in' },
  { what: new RegExp(`${owned}(?<!new\\s+)Date\\s*\\(`, 'g'), instead: 'the clock handed in' },
  { what: /\bperformance\s*\.\s*now\b/g, instead: 'the clock handed in' },
  { what: /\bMath\s*\.\s*random\b/g, instead: 'the random source handed in' },
  { what: /\brandomUUID\b/g, instead: 'the random source handed in' },
  { what: /\bgetRandomValues\b/g, instead: 'the random source handed in' },
  { what: new RegExp(`${owned}(?:setTimeout|setInterval|setImmediate)\\b`, 'g'), instead: 'the timers handed in' },
  { what: /\bAbortSignal\s*\.\s*timeout\b/g, instead: 'the timers handed in' },
  { what: /\bprocess\s*\.\s*env\b/g, instead: 'the configuration handed in' },
  { what: new RegExp(`${owned}console\\b`, 'g'), instead: 'the log handed in' },
];
// The same by another name.
const BANNED_IMPORTS: { from: RegExp; names: RegExp; instead: string }[] = [
  { from: /^(?:node:)?crypto$/, names: /\brandom\w+/, instead: 'the random source handed in' },
  { from: /^(?:node:)?timers(?:\/promises)?$/, names: /\b(?:set\w+|scheduler)\b/, instead: 'the timers handed in' },
  { from: /^(?:node:)?perf_hooks$/, names: /\bperformance\b/, instead: 'the clock handed in' },
  { from: /^(?:node:)?process$/, names: /\w/, instead: 'the configuration handed in' },
  { from: /^(?:node:)?console$/, names: /\w/, instead: 'the log handed in' },
];

export function ambient(sources: readonly Source[]): Problem[] {
  return sources
    .filter((source) => isCode(source) && WHERE.test(source.path))
    .filter((source) => !holdsTests(source) && !EDGES.has(baseName(source.path)))
    .flatMap(ambientUses);
}

function ambientUses(source: Source): Problem[] {
  const problem = (line: number, what: string, instead: string) => ({
    path: source.path,
    line,
    text: `uses ${what.trim()}: use ${instead}`,
  });
  const { code } = scan(source.text, source.path.endsWith('x'));
  const uses = BANS.flatMap(({ what, instead }) =>
    [...code.matchAll(what)].map((match) => problem(lineAt(code, match.index), match[0], instead)),
  );
  const imports = importsOf(source).flatMap(({ specifier, names, line }) =>
    BANNED_IMPORTS.filter((ban) => ban.from.test(specifier) && ban.names.test(names)).map((ban) =>
      problem(line, `${names} of ${specifier}`, ban.instead),
    ),
  );
  return [...uses, ...imports];
}

/** One `runtime.ts` a package, so that the edge stays one file. */
export function oneRuntime(sources: readonly Source[]): Problem[] {
  const runtimes = sources.filter(({ path }) => WHERE.test(path) && baseName(path) === 'runtime.ts');
  const byPackage = Map.groupBy(runtimes, ({ path }) => path.split('/')[1]);
  return [...byPackage.values()].flatMap((files) =>
    files.slice(1).map(({ path }) => ({ path, line: 1, text: `is a second runtime.ts beside ${files[0]!.path}` })),
  );
}
