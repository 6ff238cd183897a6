import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
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

test('every planted bug is caught', { concurrency: 2 }, async (t) => {
  assert.ok(names.length >= 15);
  await Promise.all(
    names.map((name) =>
      t.test(name, async () => {
        const { code, output } = await hunt(name);
        assert.equal(code, 0, output);
      }),
    ),
  );
});
