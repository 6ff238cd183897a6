/**
 * Who one is on which server, kept in a folder that only its owner may read: the token of each session, and the id that
 * each address had when it was first used.
 */
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exits, Failure } from '../exit.ts';

export interface Account {
  /** Resumes the session; a secret. */
  token: string;
  user: string;
  name: string;
  session: string;
}
export interface KnownServer {
  /** Its key: another one at the same address is another server. */
  id: string;
  /** What it calls itself. */
  name: string;
  account?: Account;
}
export interface Profile {
  v: 1;
  /** Address of the server signed in to last. */
  server?: string;
  servers: Record<string, KnownServer>;
}

const fileOf = (folder: string): string => join(folder, 'profile.json');
let writes = 0;

/** The profile in `folder`; an empty one when there is none. */
export async function loadProfile(folder: string): Promise<Profile> {
  const file = fileOf(folder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { v: 1, servers: {} };
    throw new Failure(exits.failure, 'bad-profile', `cannot read ${file}: ${(error as Error).message}`);
  }
  const profile = read(text);
  if (!profile)
    throw new Failure(exits.failure, 'bad-profile', `${file} is damaged: mend it, or remove it and sign in again`);
  return profile;
}

/** Changes the profile and writes it down, all of it or nothing. Returns what it is now. */
export async function changeProfile(folder: string, change: (profile: Profile) => void): Promise<Profile> {
  const profile = await loadProfile(folder);
  change(profile);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = fileOf(folder);
  const fresh = `${file}.${process.pid}.${++writes}`;
  try {
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(profile, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
  return profile;
}

/** Makes the folder `name` in the profile's own, for its owner only. */
export async function profileSubfolder(folder: string, ...names: string[]): Promise<string> {
  const path = join(folder, ...names);
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  return path;
}

function read(text: string): Profile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value.v !== 1 || !isRecord(value.servers)) return undefined;
  if (!['string', 'undefined'].includes(typeof value.server)) return undefined;
  return Object.values(value.servers).every(isServer) ? (value as unknown as Profile) : undefined;
}

function isServer(value: unknown): boolean {
  if (!isRecord(value) || typeof value.id !== 'string' || typeof value.name !== 'string') return false;
  const { account } = value;
  if (account === undefined) return true;
  return isRecord(account) && ['token', 'user', 'name', 'session'].every((key) => typeof account[key] === 'string');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
