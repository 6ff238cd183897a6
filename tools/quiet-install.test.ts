import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { installQuietly, type Run } from './quiet-install.ts';

async function withPolicy(text: string | undefined, use: (policy: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-policy-'));
  try {
    const policy = join(folder, 'policy-rc.d');
    if (text !== undefined) await writeFile(policy, text, { mode: 0o755 });
    use(policy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs policies for real, and writes down the rest. */
function recording(): { run: Run; ran: string[] } {
  const ran: string[] = [];
  const run: Run = (program, args) => {
    if (program.endsWith('policy-rc.d')) return spawnSync(program, args).status;
    ran.push([program, ...args].join(' '));
    return 0;
  };
  return { run, ran };
}

const services = ['knot', 'unbound'];
const disabled = ['systemctl --quiet disable knot', 'systemctl --quiet disable unbound'];

describe('packages are installed without their services', () => {
  test('which are forbidden to start meanwhile, and do not at boot', () =>
    withPolicy(undefined, (policy) => {
      const { run, ran } = recording();
      let during: number | null = null;
      assert.equal(
        installQuietly(services, () => (during = run(policy, ['knot', 'start'])), { policy, run }),
        true,
      );
      assert.equal(during, 101);
      assert.deepEqual([existsSync(policy), ran], [false, disabled]);
    }));

  test('and the policy goes when the installation fails', () =>
    withPolicy(undefined, (policy) => {
      const { run, ran } = recording();
      const fail = (): void => {
        throw new Error('no network');
      };
      assert.throws(() => installQuietly(services, fail, { policy, run }), /no network/);
      assert.deepEqual([existsSync(policy), ran], [false, disabled]);
    }));

  test('under the machine’s own policy, which stays, where that forbids them too', () =>
    withPolicy('#!/bin/sh\nexit 101\n', (policy) => {
      const { run } = recording();
      let isInstalled = false;
      assert.ok(installQuietly(services, () => (isInstalled = true), { policy, run }));
      assert.deepEqual([isInstalled, existsSync(policy)], [true, true]);
    }));

  test('or not at all, where that lets one start', () =>
    withPolicy('#!/bin/sh\ntest "$1" = knot && exit 101\nexit 0\n', (policy) => {
      const { run, ran } = recording();
      assert.equal(
        installQuietly(services, () => assert.fail('it was installed'), { policy, run }),
        false,
      );
      assert.deepEqual([existsSync(policy), ran], [true, []]);
    }));
});
