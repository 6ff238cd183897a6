/** Accounts for programs, made by operators. */
import { open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SignedIn } from '@parley/protocol';
import { cleanLine } from '@parley/terminal';
import { userLabel } from '../entry-json.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { nameOf } from './account.ts';
import { command } from './command.ts';

export const bot = command({
  name: 'bot',
  group: 'Server',
  about: 'Makes an account for a bot and prints its token, once.',
  details:
    'Only operators of the server may. Whoever has the token is the bot: hand it over as PARLEY_TOKEN, or better as\nPARLEY_TOKEN_FILE, to a bot or to parley itself.',
  examples: [
    'parley bot echo --token-file echo.token',
    "PARLEY_TOKEN_FILE=echo.token parley send '#ops' 'said by the bot'",
  ],
  arguments: [{ name: 'NAME', about: 'Of a new account: lower-case letters, digits, . _ and -.' }],
  options: {
    'token-file': { value: 'FILE', about: 'A new file for the token, only for you to read.', offers: 'file' },
  },
  async run(context, { arguments: [typed = ''], options: { 'token-file': file } }) {
    const name = nameOf(typed);
    await withServer(context, { as: 'account', deadline: 'command' }, async (connected) => {
      if (file === undefined) return told(connected, await issued(connected, name));
      const made = await keptIn(resolve(context.shell.folder, file), () => issued(connected, name));
      await told(connected, made, file);
    });
  },
});

const issued = ({ client, signal }: Connected, name: string): Promise<SignedIn> =>
  client.request('session.issue', { name, device: name }, { signal });

/** The file is there before the account: a token that cannot be kept would be lost. */
async function keptIn(path: string, issue: () => Promise<SignedIn>): Promise<SignedIn> {
  const handle = await open(path, 'wx', 0o600);
  try {
    const made = await issue();
    await handle.writeFile(`${made.token}\n`);
    await handle.sync();
    return made;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function told({ context, info }: Connected, made: SignedIn, file?: string): Promise<void> {
  const label = userLabel(made, info.server.name);
  const where = file === undefined ? { token: made.token } : { tokenFile: file };
  if (context.json) return context.printJson({ user: label, userId: made.user, ...where });
  const kept = file === undefined ? 'its token, shown only now' : `its token is in ${file}`;
  context.say(`made the bot ${cleanLine(label)}; ${kept}`);
  if (file === undefined) await context.print(made.token);
}
