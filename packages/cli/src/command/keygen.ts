/** Makes a key to sign in with. */
import { resolve } from 'node:path';
import { keyText, makeKeyFile } from '../profile/key-file.ts';
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
    const key = keyText(publicKey);
    if (context.json) await context.printJson({ key });
    else await context.print(key);
  },
});
