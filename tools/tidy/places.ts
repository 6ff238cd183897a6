// Nothing that is kept says where it was made: no folder of somebody's machine, no registry, no installation script.

import { lineAt, type Problem, type Source } from './source.ts';

const MACHINE = /(?<![\w.~-])(?:\/home\/[\w.-]+|\/Users\/[\w.-]+|\/root|[A-Z]:\\Users\\[\w.-]+)[/\\]/g;
const REGISTRY = /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\b|^\s*(?:@[\w-]+:)?registry\s*=/gm;

export function places(sources: readonly Source[]): Problem[] {
  return sources.flatMap(({ path, text }) => [
    ...[...text.matchAll(MACHINE)].map((match) => ({
      path,
      line: lineAt(text, match.index),
      text: `holds ${match[0]}, a path of one machine`,
    })),
    ...[...text.matchAll(REGISTRY)].map((match) => ({
      path,
      line: lineAt(text, match.index),
      text: `holds ${match[0].trim()}, the address of a registry`,
    })),
  ]);
}

interface LockedPackage {
  resolved?: string;
  link?: boolean;
  hasInstallScript?: boolean;
}

/** The lock names no address, and of its packages only `scripted` have an installation script (never run). */
export function lock(sources: readonly Source[], scripted: readonly string[]): Problem[] {
  return sources
    .filter(({ path }) => path === 'package-lock.json')
    .flatMap(({ path, text }) => {
      const { packages = {} } = JSON.parse(text) as { packages?: Record<string, LockedPackage> };
      const problem = (what: string) => ({ path, line: 1, text: what });
      return Object.entries(packages).flatMap(([key, locked]) => {
        const name = key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length);
        if (locked.resolved?.includes('://')) return [problem(`says where ${name} comes from`)];
        if (locked.hasInstallScript && !scripted.includes(name))
          return [problem(`${name} wants an installation script`)];
        return [];
      });
    });
}
