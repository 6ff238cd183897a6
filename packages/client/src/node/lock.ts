/**
 * One process at a time: a file that names its owner by process id and start, because ids come again (in a container
 * it is always 1). A lock whose owner is gone is taken over.
 */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/** The place is in use by another process. */
export class StoreInUse extends Error {
  readonly code = 'in-use';
  readonly pid: number;

  constructor(path: string, pid: number) {
    super(`${path} is in use by process ${pid}`);
    this.name = 'StoreInUse';
    this.pid = pid;
  }
}

/** Takes the lock or throws StoreInUse; returns what gives it back. */
export async function takeLock(path: string, token: string): Promise<() => Promise<void>> {
  const own = `${path}.${token}`;
  const mark = `${process.pid} ${await startOf(process.pid)} ${token}\n`;
  await writeFile(own, mark, { mode: 0o600, flag: 'wx' });
  try {
    for (let tries = 0; tries < 10; tries++) {
      if (await linked(own, path)) return () => release(path, mark);
      const held = await readFile(path, 'utf8').catch(() => undefined);
      if (held === undefined) continue;
      const [pid = 0] = held.split(' ').map(Number);
      if (await isAlive(pid, held.split(' ')[1] ?? '')) throw new StoreInUse(path, pid);
      await setAside(path, own, held);
    }
    throw new StoreInUse(path, 0);
  } finally {
    await rm(own, { force: true });
  }
}

async function linked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead owner's lock away; should a living one have come in between, puts theirs back. */
async function setAside(path: string, own: string, dead: string): Promise<void> {
  const aside = `${own}.dead`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== dead) await linked(aside, path);
  await rm(aside, { force: true });
}

async function release(path: string, mark: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => '')) === mark) await rm(path, { force: true });
}

async function isAlive(pid: number, start: string): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return (await startOf(pid)) === start;
}

/** When a process started, as its system counts; `-` where it does not tell. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in brackets may hold anything; the start is the 20th field after it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
