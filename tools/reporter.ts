// One line for each test file, then the failures in full. Success is what `test:summary` says: an error thrown after
// its test has ended fails no test, yet the run.

import { AssertionError } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';
import type { Skip, Tally } from './tally.ts';

// Where the runner called the test says nothing about the test.
const RUNNER_FRAMES = /^ +at .*\bnode:(?:internal\/|async_hooks:).*\n?/gm;
const COUNTS = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

type Ended = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

/** The part of an event that names a test and the suite around it. */
interface Named {
  name: string;
  testId: number;
  parentId: number | undefined;
}

interface Report {
  tally: Tally;
  names: Map<number, Named>;
  failures: string[];
  file: FileLine | undefined;
}

interface FileLine {
  path: string;
  passed: number;
  failed: number;
  skipped: number;
  durationMs: number;
}

/** The node:test reporter. With PARLEY_TALLY set, the run's Tally is written there as JSON. */
export default async function* reporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const report: Report = {
    tally: { passed: 0, failed: 0, skips: [] },
    names: new Map(),
    failures: [],
    file: undefined,
  };
  for await (const event of source) {
    if (event.type === 'test:start') report.names.set(event.data.testId, event.data);
    if (event.type === 'test:diagnostic' && tellsMore(event.data)) yield `! ${event.data.message}\n`;
    if (event.type === 'test:pass' || event.type === 'test:fail') yield* ended(report, event);
    if (event.type === 'test:summary' && event.data.file === undefined) yield* summary(report, event.data.success);
  }
}

function tellsMore(diagnostic: { message: string; level: string; nesting: number }): boolean {
  return diagnostic.level === 'error' || (diagnostic.nesting === 0 && !COUNTS.test(diagnostic.message));
}

function* ended(report: Report, event: Ended): Generator<string> {
  const { data } = event;
  const path = relative(process.cwd(), data.file ?? data.name);
  if (report.file?.path !== path) {
    yield* fileLine(report);
    report.file = { path, passed: 0, failed: 0, skipped: 0, durationMs: 0 };
  }
  const line = report.file!;
  if (data.nesting === 0) line.durationMs += data.details.duration_ms;
  const reason = skipReason(data);
  if (reason !== undefined) {
    line.skipped += 1;
    report.tally.skips.push({ file: path, name: fullName(report, data), reason } satisfies Skip);
  } else if (event.type === 'test:fail') {
    if (isOnlyParent(event.data)) return;
    line.failed += 1;
    report.tally.failed += 1;
    report.failures.push(failure(report, path, event.data));
  } else if (data.details.type !== 'suite') {
    line.passed += 1;
    report.tally.passed += 1;
  }
}

function skipReason(data: Ended['data']): string | undefined {
  const mark = data.skip ?? data.todo;
  if (mark === undefined || mark === false) return undefined;
  if (typeof mark === 'string' && mark !== '') return mark;
  return data.skip === undefined ? 'to be done' : 'no reason given';
}

// A suite fails because a test in it failed, which has been told already.
function isOnlyParent(data: Extract<TestEvent, { type: 'test:fail' }>['data']): boolean {
  return 'failureType' in data.details.error && data.details.error.failureType === 'subtestsFailed';
}

function fullName(report: Report, test: Named): string {
  const names: string[] = [];
  for (let each: Named | undefined = test; each !== undefined; each = report.names.get(each.parentId ?? 0)) {
    names.unshift(each.name);
  }
  return names.join(' › ');
}

function failure(report: Report, path: string, data: Extract<TestEvent, { type: 'test:fail' }>['data']): string {
  const { error } = data.details;
  const cause = error.cause ?? error;
  const told = cause instanceof AssertionError ? (cause.stack ?? cause.message) : inspect(cause);
  const detail = told.replaceAll(RUNNER_FRAMES, '');
  return `✗ ${path}:${data.line ?? 1} ${fullName(report, data)}\n${detail.replaceAll(/^/gm, '    ')}\n`;
}

function* fileLine(report: Report): Generator<string> {
  const line = report.file;
  if (line === undefined) return;
  const failed = line.failed > 0 ? `, ${line.failed} failed` : '';
  const skipped = line.skipped > 0 ? `, ${line.skipped} skipped` : '';
  const mark = line.failed > 0 ? '✗' : '✓';
  yield `${mark} ${line.path}: ${line.passed} passed${failed}${skipped} (${Math.round(line.durationMs)} ms)\n`;
}

function* summary(report: Report, success: boolean): Generator<string> {
  yield* fileLine(report);
  if (report.failures.length > 0) yield `\n${report.failures.join('\n')}`;
  if (!success && report.tally.failed === 0) {
    report.tally.failed += 1;
    yield '✗ the run failed outside of any test\n';
  }
  const tallyPath = process.env.PARLEY_TALLY;
  if (tallyPath) writeFileSync(tallyPath, JSON.stringify(report.tally));
}
