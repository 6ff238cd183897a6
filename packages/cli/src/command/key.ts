/** The keys that sign in to one's account. */

import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { limits, type Reply, toBase32 } from '@parley/protocol';
import { dateTime } from '@parley/terminal';
import { exits, Failure, usage } from '../exit.ts';
import { makeKeyFile, readKeyFile } from '../profile/key-file.ts';
import { withServer } from '../session/connect.ts';
import { command } from './command.ts';

export const keygen = command({
  name: 'keygen',
  group: 'Account',
  about: 'Makes an Ed25519 key in a new file that only you may read, and prints its public half.',
  details: 'Then: parley key add FILE, once, while signed in; and parley login NAME --key FILE from then on.',
  examples: ['parley keygen ~/.config/parley/key.pem'],
  arguments: [{ name: 'FILE', about: 'The new file; an existing one is not replaced.', offers: 'file' }],
  options: {},
  async run(context, { arguments: [file = ''] }) {
    const { publicKey } = await makeKeyFile(resolve(context.shell.folder, file));
    const key = toBase32(publicKey);
    if (context.json) await context.printJson({ key });
    else await context.print(key);
  },
});

export const keyAdd = command({
  name: 'key add',
  group: 'Account',
  about: 'Adds a key to your account, to sign in with.',
  arguments: [{ name: 'FILE', about: 'A key of parley keygen.', offers: 'file' }],
  options: { label: { value: 'TEXT', about: 'What to call it in the list; else the name of this machine.' } },
  async run(context, { arguments: [file = ''], options }) {
    const { publicKey: key, sign, isOpen } = await readKeyFile(resolve(context.shell.folder, file));
    if (isOpen) context.say(`parley: ${file} can be read by others: chmod 600 it`);
    const label = (options.label ?? hostname()).slice(0, limits.deviceName).toWellFormed();
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client }) => {
      await client.addKey({ key, sign }, label);
      if (context.json) await context.printJson({ key: toBase32(key), label });
      else context.say(`added the key ${toBase32(key)}`);
    });
  },
});

export const keyList = command({
  name: 'key list',
  group: 'Account',
  about: 'Lists the keys that sign in to your account.',
  arguments: [],
  options: {},
  async run(context) {
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
      const { keys } = await client.request('account.keys', {}, { signal });
      for (const { key, label, createdAt } of keys) {
        if (context.json) await context.printJson({ key: toBase32(key), label, at: new Date(createdAt).toISOString() });
        else await context.print(`${toBase32(key)}  ${dateTime(createdAt)}  ${label}`);
      }
    });
  },
});

export const keyRemove = command({
  name: 'key remove',
  group: 'Account',
  about: 'Removes a key from your account.',
  arguments: [{ name: 'KEY', about: 'The public key, as parley key list shows it, or a label that only one key has.' }],
  options: {},
  async run(context, { arguments: [typed = ''] }) {
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
      const { keys } = await client.request('account.keys', {}, { signal });
      const key = meantKey(keys, typed);
      await client.request('account.removeKey', { key }, { signal });
      if (context.json) await context.printJson({ key: toBase32(key), removed: true });
      else context.say(`removed the key ${toBase32(key)}`);
    });
  },
});

function meantKey(keys: Reply<'account.keys'>['keys'], typed: string): Uint8Array {
  const byKey = keys.find(({ key }) => toBase32(key) === typed);
  if (byKey) return byKey.key;
  const called = keys.filter(({ label }) => label === typed);
  if (called.length > 1) throw usage(`${called.length} keys are called “${typed}”: give the key itself`);
  if (called[0]) return called[0].key;
  throw new Failure(exits.forbidden, 'not-found', `there is no key “${typed}” on your account: parley key list`);
}
