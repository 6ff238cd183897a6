// Rule 3: only `main.ts` and `config.ts` choose an engine; everything else in the server knows the port.

import { holdsTests, importsOf, isRelative, packageOf, resolveRelative } from './imports.ts';
import { baseName, isCode, type Problem, type Source } from './source.ts';

/** An engine behind a port: its file in the server, and the packages only that file may import. */
export interface Adapter {
  file: string;
  packages: readonly string[];
}

const SERVER = 'packages/server/src/';
const CHOOSERS = new Set([`${SERVER}main.ts`, `${SERVER}config.ts`]);

export function adapters(sources: readonly Source[], known: readonly Adapter[]): Problem[] {
  // `sqlite-writer.ts` and `sqlite.worker.ts` are parts of `sqlite.ts`.
  const stems = known.map(({ file }) => `${SERVER}${file.replace(/\.ts$/, '')}`);
  const isAdapter = (path: string) => stems.some((stem) => path.startsWith(`${stem}.`) || path.startsWith(`${stem}-`));
  const isEngine = (specifier: string) => known.some(({ packages }) => packages.includes(packageOf(specifier)));
  return sources
    .filter((source) => isCode(source) && source.path.startsWith(SERVER) && !holdsTests(source))
    .filter(({ path }) => !CHOOSERS.has(path) && !isAdapter(path))
    .flatMap((source) =>
      importsOf(source)
        .filter(({ specifier }) =>
          isRelative(specifier) ? isAdapter(resolveRelative(source.path, specifier)) : isEngine(specifier),
        )
        .map(({ specifier, line }) => ({
          path: source.path,
          line,
          text: `names the adapter ${baseName(specifier)}: import the port`,
        })),
    );
}
