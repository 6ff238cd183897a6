/** Passwords: from a file, the environment, stdin when asked for, or typed without echo. Never from the command line. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { limits } from '@parley/protocol';
import type { Context } from '../context.ts';
import { exits, Failure, usage } from '../exit.ts';
import { readAll } from '../shell.ts';
import { typeHidden } from './typed.ts';

export const passwordOption = {
  'password-file': {
    value: 'FILE',
    about: 'File with the password, or - for stdin; else PARLEY_PASSWORD_FILE, PARLEY_PASSWORD.',
    offers: 'file',
  },
} as const;

const maxSecretBytes = 4_096;

/** @param repeat asks twice when it is typed. Throws a usage failure when there is no password and nobody to ask. */
export async function password(context: Context, file: string | undefined, repeat: boolean): Promise<string> {
  const { env } = context.shell;
  const named = file ?? (env.PARLEY_PASSWORD_FILE || undefined);
  if (named !== undefined) return fromFile(context, named);
  if (env.PARLEY_PASSWORD) return checked(env.PARLEY_PASSWORD);
  if (!context.shell.stdin.isTTY)
    throw usage('there is no password: give --password-file FILE (or - for stdin), or set PARLEY_PASSWORD_FILE');
  const typed = checked(await typeHidden(context.shell, 'Password: '));
  if (repeat && (await typeHidden(context.shell, 'Again: ')) !== typed)
    throw new Failure(exits.failure, 'not-the-same', 'the two passwords are not the same');
  return typed;
}

async function fromFile({ shell }: Context, file: string): Promise<string> {
  if (file !== '-') return checked(firstLine(await readFile(resolve(shell.folder, file))));
  const bytes = await readAll(shell, maxSecretBytes).catch((error: unknown) => {
    throw shell.signal.aborted ? shell.signal.reason : error;
  });
  if (!bytes) throw usage('stdin holds more than a password');
  return checked(firstLine(bytes));
}

/** An editor ends a file with a line feed that is no part of the password. */
const firstLine = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).replace(/\r?\n.*$/s, '');

function checked(secret: string): string {
  if (secret === '') throw usage('the password is empty');
  if (secret.length > limits.password) throw usage(`the password is longer than ${limits.password} characters`);
  return secret;
}
