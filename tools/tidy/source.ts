// What every rule reads and answers: rules are functions from sources to problems, so a test can plant a violation.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Source {
  /** Relative to the repository, with forward slashes. */
  path: string;
  text: string;
}

export interface Problem {
  path: string;
  line: number;
  text: string;
}

const NOT_OURS = new Set(['node_modules', 'dist', 'data', '.git', '.cache']);
const LARGEST_BYTES = 1_000_000;

/** Every text file of the repository at `root`, in order of path. */
export function readTree(root: string): Source[] {
  const sources: Source[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !NOT_OURS.has(entry.name)) walk(path);
      if (!entry.isFile() || statSync(join(root, path)).size > LARGEST_BYTES) continue;
      const text = readFileSync(join(root, path), 'utf8');
      if (!text.includes('\0')) sources.push({ path, text });
    }
  };
  walk('');
  return sources.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The 1-based line of `offset`. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

export function isCode({ path }: Source): boolean {
  return /\.(ts|tsx|mjs|mts)$/.test(path);
}

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}

/** The workspace a file belongs to: `packages/room`, `tools`, … or '' for the root. */
export function workspaceOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  if (first === 'packages') return `packages/${second}`;
  return path.includes('/') ? first : '';
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
