import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('./planted/', import.meta.url);
const machinery = new Set(['planted.ts', 'load.ts', 'hunt.ts']);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !machinery.has(file))
  .map((file) => file.slice(0, -3));

function hunt(name: string): Promise<{ code: number; output: string }> {
  const path = (file: string) => new URL(file, folder).pathname;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', path('load.ts'), path('hunt.ts'), name], (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
      resolve({ code, output: stdout + stderr });
    });
  });
}

/** Of all together, on a slow machine. */
const timeoutMs = 3_600_000;

test('every planted bug is caught', { concurrency: 2, timeout: timeoutMs }, async (t) => {
  const texts = names.map((name) => readFileSync(new URL(`${name}.ts`, folder), 'utf8'));
  const isAcross = (text: string): boolean => /check: '(across|hostile|stories)'/.test(text);
  assert.ok(texts.filter(isAcross).length >= 25, 'bugs between servers');
  assert.ok(texts.filter((text) => !isAcross(text)).length >= 15, 'bugs of one server');
  await Promise.all(
    names.map((name) =>
      t.test(name, { timeout: timeoutMs }, async () => {
        const { code, output } = await hunt(name);
        assert.equal(code, 0, output);
      }),
    ),
  );
});
