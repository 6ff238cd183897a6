// Programs that suites need and npm cannot install. As root on Debian the test run installs them; elsewhere the
// suites that need them skip themselves, and the closing summary names what is missing.

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installQuietly } from './quiet-install.ts';

export interface SystemProgram {
  program: string;
  aptPackage: string;
  /** What the package would start on its own. */
  services?: readonly string[];
  /** What is skipped without it. */
  suites: string;
}

export const SYSTEM_PROGRAMS: readonly SystemProgram[] = [
  { program: 'chromium', aptPackage: 'chromium', suites: 'e2e in a browser' },
  { program: 'strace', aptPackage: 'strace', suites: 'e2e of what reaches the disk' },
  { program: 'knotd', aptPackage: 'knot', services: ['knot'], suites: 'e2e of names in a signed zone' },
  {
    program: 'unbound',
    aptPackage: 'unbound',
    services: ['unbound', 'unbound-resolvconf'],
    suites: 'e2e of names in a signed zone',
  },
  { program: 'ip', aptPackage: 'iproute2', suites: 'e2e in network namespaces' },
  { program: 'nft', aptPackage: 'nftables', suites: 'e2e in network namespaces' },
];

/** Daemons are there; a user's PATH often lacks it. */
const daemonFolders = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** Whether `program` is on the PATH, or where daemons are. */
export function isPresent(program: string, path = process.env.PATH ?? ''): boolean {
  return [...path.split(delimiter), ...daemonFolders].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Whether this process may install: root, on Debian, and somebody (a build server or a person) is watching. */
function mayInstall(): boolean {
  const isWatched = Boolean(process.env.CI) || Boolean(process.stdout.isTTY);
  return process.getuid?.() === 0 && isWatched && isPresent('apt-get');
}

function apt(args: string[]): boolean {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 2, 2], env: environment }).status === 0;
}

function installAll(programs: readonly SystemProgram[]): void {
  const install = (...packages: string[]): boolean => apt(['install', '--yes', '--no-install-recommends', ...packages]);
  const packages = programs.map(({ aptPackage }) => aptPackage);
  // A fresh Debian knows no packages until the first update.
  if (packages.length === 0 || install(...packages) || (apt(['update']) && install(...packages))) return;
  // One that cannot be had keeps none of the others away.
  for (const each of packages) install(each);
}

/** Installs what is missing where that is possible; resolves to a line for each program still missing. */
export function provide(programs: readonly SystemProgram[] = SYSTEM_PROGRAMS): string[] {
  const isMissing = ({ program }: SystemProgram) => !isPresent(program);
  const wanted = programs.filter(isMissing);
  if (wanted.length > 0 && mayInstall()) {
    const services = wanted.flatMap((each) => each.services ?? []);
    const quiet = wanted.filter((each) => each.services === undefined);
    const isDone = services.length > 0 && installQuietly(services, () => installAll(wanted));
    if (!isDone) installAll(quiet);
  }
  return programs
    .filter(isMissing)
    .map((each) => `${each.program} (${each.suites}): apt-get install ${each.aptPackage}`);
}
