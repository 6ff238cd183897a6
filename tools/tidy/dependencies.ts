// Rule 1: a package imports only what its `dependencies` name, and those come from one allow-list.

import { isBuiltin } from 'node:module';
import { holdsTests, importsOf, isRelative, packageOf, resolveRelative } from './imports.ts';
import { isCode, type Problem, type Source, workspaceOf } from './source.ts';

/** What each workspace may depend on. */
export type AllowList = Record<string, readonly string[]>;

// Nothing depends on these: they may use the tools that tests use.
const ENDS = new Set(['simulation', 'e2e', 'bench', 'tools']);
// They agree through the protocol alone.
const STRANGERS: Record<string, string> = {
  'packages/client': '@parley/server',
  'packages/server': '@parley/client',
};

interface Manifest {
  name?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

export function dependencies(sources: readonly Source[], allowed: AllowList): Problem[] {
  const manifests = new Map<string, Manifest>();
  for (const { path, text } of sources) {
    if (/^(?:packages\/)?[^/]+\/package\.json$|^package\.json$/.test(path)) {
      manifests.set(workspaceOf(path), JSON.parse(text) as Manifest);
    }
  }
  return [...named(manifests, allowed), ...sources.filter(isCode).flatMap((source) => imported(source, manifests))];
}

function named(manifests: Map<string, Manifest>, allowed: AllowList): Problem[] {
  return [...manifests].flatMap(([workspace, manifest]) => {
    if (workspace === '') return [];
    const problem = (text: string) => ({ path: `${workspace}/package.json`, line: 1, text });
    if (!allowed[workspace]) return [problem('is a package that the allow-list does not know')];
    return dependenciesOf(manifest)
      .filter((name) => !allowed[workspace]!.includes(name))
      .map((name) => problem(`depends on ${name}, which the allow-list does not grant`));
  });
}

function dependenciesOf(manifest: Manifest): string[] {
  return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
}

function imported(source: Source, manifests: Map<string, Manifest>): Problem[] {
  const workspace = workspaceOf(source.path);
  const manifest = manifests.get(workspace) ?? {};
  const granted = new Set(dependenciesOf(manifest));
  if (holdsTests(source) || ENDS.has(workspace)) {
    for (const name of Object.keys(manifests.get('')?.devDependencies ?? {})) granted.add(name);
  }
  return importsOf(source).flatMap(({ specifier, line }) => {
    const text = complaint(source.path, specifier, { granted, manifest, workspace });
    return text === undefined ? [] : [{ path: source.path, line, text }];
  });
}

interface Package {
  granted: Set<string>;
  manifest: Manifest;
  workspace: string;
}

function complaint(path: string, specifier: string, { granted, manifest, workspace }: Package): string | undefined {
  if (isRelative(specifier)) {
    const target = workspaceOf(resolveRelative(path, specifier));
    if (target === workspace || target === 'bin') return undefined;
    return `imports ${specifier} out of another package: go through its exports`;
  }
  if (isBuiltin(specifier)) return undefined;
  const name = packageOf(specifier);
  if (STRANGERS[workspace] === name) return `imports ${name}: client and server agree through the protocol alone`;
  if (name === manifest.name) return `imports its own package ${name}: import the file`;
  // Examples and the root have no manifest of dependencies: they show the packages as a user would see them.
  if (manifest.dependencies === undefined && name.startsWith('@parley/')) return undefined;
  return granted.has(name) ? undefined : `imports ${name}, which its dependencies do not name`;
}
