// `npm test`: types, lint, unit tests and simulation in one process, end-to-end tests in another, one summary.
// `npm test -- WORD…` runs only the test files whose path contains a WORD.

import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from '../bin/bootstrap.mjs';
import { provide } from './system-programs.ts';
import { add, closing, judge, NOTHING, type Tally } from './tally.ts';

interface Check {
  name: string;
  args: string[];
}

interface Suite {
  globs: string[];
  timeoutMs: number;
}

const SUITES: Suite[] = [
  { globs: ['packages/**/*.test.ts', 'simulation/**/*.test.ts', 'tools/**/*.test.ts'], timeoutMs: 120_000 },
  { globs: ['e2e/**/*.test.ts'], timeoutMs: 600_000 },
];

function checks(): Check[] {
  const tsc = 'node_modules/typescript/bin/tsc';
  const projects = ['.', 'packages/web'].filter((folder) => existsSync(join(root, folder, 'tsconfig.json')));
  return [
    ...projects.map((folder) => ({ name: `types of ${folder}`, args: [tsc, '--noEmit', '-p', folder] })),
    { name: 'lint and format', args: ['node_modules/@biomejs/biome/bin/biome', 'check', '.'] },
  ];
}

async function runCheck({ name, args }: Check): Promise<Tally> {
  const startedMs = performance.now();
  const code = await run(process.execPath, args, { cwd: root });
  process.stdout.write(`${code === 0 ? '✓' : '✗'} ${name} (${Math.round(performance.now() - startedMs)} ms)\n`);
  return judge({ ...NOTHING, passed: code === 0 ? 1 : 0 }, code);
}

function filesOf(suite: Suite, words: readonly string[]): string[] {
  const files = globSync(suite.globs, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] });
  return files.filter((file) => words.length === 0 || words.some((word) => file.includes(word))).sort();
}

async function runSuite(files: readonly string[], timeoutMs: number): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-tally-'));
  const tallyPath = join(folder, 'tally.json');
  const options = ['--test-isolation=none', `--test-timeout=${timeoutMs}`, '--test-force-exit'];
  const args = ['--test', ...options, '--test-reporter=./tools/reporter.ts', ...files];
  try {
    const code = await run(process.execPath, args, { cwd: root, env: { ...process.env, PARLEY_TALLY: tallyPath } });
    const tally = existsSync(tallyPath) ? (JSON.parse(readFileSync(tallyPath, 'utf8')) as Tally) : undefined;
    if (tally === undefined) process.stdout.write(`✗ the test process ended early, with ${code}\n`);
    return judge(tally, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(words: readonly string[]): Promise<void> {
  const startedMs = performance.now();
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => (interrupted = true));
  const tallies: Tally[] = [];
  const suites = SUITES.map((suite) => ({ files: filesOf(suite, words), timeoutMs: suite.timeoutMs }));
  const missingPrograms = suites.some(({ files }) => files.some((file) => file.startsWith('e2e/'))) ? provide() : [];
  const steps = [
    ...(words.length === 0 ? checks() : []).map((check) => () => runCheck(check)),
    ...suites.filter(({ files }) => files.length > 0).map((suite) => () => runSuite(suite.files, suite.timeoutMs)),
  ];
  for (const step of steps) if (!interrupted) tallies.push(await step());
  if (tallies.length === 0) process.stdout.write(`✗ no test file has a path with ${words.join(' or ')}\n`);
  const tally = tallies.length === 0 ? { ...NOTHING, failed: 1 } : add(...tallies);
  process.stdout.write(closing(tally, missingPrograms, performance.now() - startedMs));
  process.exitCode = tally.failed === 0 ? 0 : 1;
}

await main(process.argv.slice(2));
