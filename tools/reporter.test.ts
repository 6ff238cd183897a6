import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { root } from '../bin/bootstrap.mjs';
import { isPresent } from './system-programs.ts';
import { add, closing, judge, NOTHING, skippedLines, type Tally } from './tally.ts';

interface Run {
  code: number | null;
  said: string;
  tally: Tally | undefined;
}

/** Runs `sources` as test files, under our reporter, in a process of their own. */
function runTests(t: TestContext, sources: Record<string, string>): Run {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'parley-reporter-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const head = "import assert from 'node:assert/strict'; import { describe, test } from 'node:test';\n";
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(folder, name), head + source);
  const tallyPath = join(folder, 'tally.json');
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const reporter = `--test-reporter=${join(root, 'tools', 'reporter.ts')}`;
  const child = spawnSync(process.execPath, ['--test', '--test-isolation=none', reporter, ...Object.keys(sources)], {
    cwd: folder,
    env: { ...environment, PARLEY_TALLY: tallyPath },
    encoding: 'utf8',
  });
  const tally = existsSync(tallyPath) ? (JSON.parse(readFileSync(tallyPath, 'utf8')) as Tally) : undefined;
  return { code: child.status, said: child.stdout, tally };
}

describe('the reporter', () => {
  test('tells each file in a line, and failures in full with the names around them', (t) => {
    const { code, said, tally } = runTests(t, {
      'good.test.ts': "test('holds', () => {});",
      'bad.test.ts': "describe('a room', () => { test('adds up', () => assert.equal(1, 2, 'one is not two')); });",
    });
    assert.equal(code, 1);
    assert.match(said, /^✓ good\.test\.ts: 1 passed \(\d+ ms\)$/m);
    assert.match(said, /^✗ bad\.test\.ts: 0 passed, 1 failed \(\d+ ms\)$/m);
    assert.match(said, /^✗ bad\.test\.ts:2 a room › adds up$/m);
    assert.match(said, /one is not two/);
    assert.deepEqual(tally, { passed: 1, failed: 1, skips: [] });
  });

  test('counts an error thrown after its test as a failure', (t) => {
    const { code, said, tally } = runTests(t, {
      'late.test.ts': "test('throws late', () => { setImmediate(() => { throw new Error('too late'); }); });",
    });
    assert.equal(code, 1);
    assert.match(said, /too late/);
    assert.match(said, /the run failed outside of any test/);
    assert.deepEqual(tally, { passed: 1, failed: 1, skips: [] });
  });

  test('keeps the reason of every skipped test and suite', (t) => {
    const { code, tally } = runTests(t, {
      'skip.test.ts': `
        test('one', { skip: 'no chromium' }, () => {});
        test('two', (t) => t.skip('found out late'));
        describe('three', { skip: true }, () => { test('inside', () => {}); });`,
    });
    assert.equal(code, 0);
    assert.deepEqual(tally, {
      passed: 0,
      failed: 0,
      skips: [
        { file: 'skip.test.ts', name: 'one', reason: 'no chromium' },
        { file: 'skip.test.ts', name: 'two', reason: 'found out late' },
        { file: 'skip.test.ts', name: 'three', reason: 'no reason given' },
      ],
    });
  });

  test('blames a file that does not load', (t) => {
    const { said, tally } = runTests(t, { 'broken.test.ts': "throw new Error('cannot load');" });
    assert.match(said, /cannot load/);
    assert.deepEqual(tally, { passed: 0, failed: 1, skips: [] });
  });

  test('leaves no tally when the process ends early', (t) => {
    const { code, tally } = runTests(t, { 'exit.test.ts': "test('leaves', () => process.exit(0));" });
    assert.equal(code, 0);
    assert.equal(tally, undefined);
  });
});

describe('the tally', () => {
  test('counts a run that died or ended badly as a failure', () => {
    assert.equal(judge(undefined, 0).failed, 1);
    assert.equal(judge({ ...NOTHING, passed: 3 }, 1).failed, 1);
    assert.equal(judge({ ...NOTHING, failed: 2 }, 1).failed, 2);
    assert.equal(judge({ ...NOTHING, passed: 3 }, 0).failed, 0);
  });

  test('adds up', () => {
    const skip = { file: 'a', name: 'b', reason: 'c' };
    const sum = add({ passed: 1, failed: 2, skips: [skip] }, NOTHING, { passed: 3, failed: 0, skips: [skip] });
    assert.deepEqual(sum, { passed: 4, failed: 2, skips: [skip, skip] });
  });

  test('tells a reason that several tests of a file share once', () => {
    const skip = (name: string, reason: string) => ({ file: 'store.test.ts', name, reason });
    const lines = skippedLines([skip('a', 'no PostgreSQL'), skip('b', 'no PostgreSQL'), skip('c', 'no Redis')]);
    assert.deepEqual(lines, ['store.test.ts: 2 tests: no PostgreSQL', 'store.test.ts: c: no Redis']);
  });

  test('closes with the counts alone on a line', () => {
    const tally = { passed: 5, failed: 0, skips: [{ file: 'a.test.ts', name: 'b', reason: 'c' }] };
    const lines = closing(tally, ['strace (disk): apt-get install strace'], 1234).split('\n');
    assert.ok(lines.includes('5 passed, 0 failed, 1 skipped'));
    assert.ok(lines.includes('  a.test.ts: b: c'));
    assert.ok(lines.includes('  strace (disk): apt-get install strace'));
    assert.ok(lines.includes('Passed after 1.2 s.'));
  });
});

test('a program is present when a folder of the path holds it', () => {
  assert.equal(isPresent('sh', '/nowhere:/bin'), true);
  assert.equal(isPresent('sh', '/nowhere'), false);
  assert.equal(isPresent('sh', ''), false);
});
