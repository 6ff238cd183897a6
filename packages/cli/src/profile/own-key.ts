/** The key at which one gets messages: a file that is named, or one of the profile, made at its first use. */
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type OwnKey, ownKey } from '@parley/e2ee';
import type { Context } from '../context.ts';
import { makeKeyFile, readKeyFile } from './key-file.ts';
import { profileSubfolder } from './profile.ts';

export async function openOwnKey(context: Context, file: string | undefined): Promise<OwnKey> {
  const { shell, profileFolder } = context;
  if (file !== undefined) return of(context, resolve(shell.folder, file));
  const path = join(profileFolder, 'key.pem');
  try {
    return await of(context, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await profileSubfolder(profileFolder);
  // Of two commands that make it at the same time one does.
  await makeKeyFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return of(context, path);
}

async function of(context: Context, path: string): Promise<OwnKey> {
  const { seed, isOpen } = await readKeyFile(path);
  if (isOpen) context.say(`parley: ${path} can be read by others: chmod 600 it`);
  return ownKey(seed, { now: context.shell.now, randomBytes: (length) => new Uint8Array(randomBytes(length)) });
}
