// Debian starts a service as soon as its package is installed, and again at every boot. Here only the programs are wanted.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Asked before a service is started; 101 is no [Debian Policy §9.3.3, invoke-rc.d(8)]. */
const usualPolicy = '/usr/sbin/policy-rc.d';
const forbidden = 101;
const ownPolicy = `#!/bin/sh\n# Of the tests of Parley, for one installation; to be removed if it is still here.\nexit ${forbidden}\n`;

/** Runs a program; its exit code, null where there is none of this name. */
export type Run = (program: string, args: readonly string[]) => number | null;

const runProgram: Run = (program, args) => spawnSync(program, args, { stdio: 'ignore' }).status;

/**
 * Installs packages whose services are neither started now nor at boot. False, and nothing is done, where the machine
 * has a policy of its own by which one of them would start.
 */
export function installQuietly(
  services: readonly string[],
  install: () => void,
  { policy = usualPolicy, run = runProgram }: { policy?: string; run?: Run } = {},
): boolean {
  const isOwn = !existsSync(policy) || readFileSync(policy, 'utf8') === ownPolicy;
  if (!isOwn && services.some((service) => run(policy, [service, 'start']) !== forbidden)) return false;
  if (isOwn) writeFileSync(policy, ownPolicy, { mode: 0o755 });
  try {
    install();
  } finally {
    if (isOwn) rmSync(policy, { force: true });
    for (const service of services)
      if (run('systemctl', ['--quiet', 'disable', service]) === null) run('update-rc.d', [service, 'disable']);
  }
  return true;
}
