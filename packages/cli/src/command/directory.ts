/** Runs a directory, by which servers find each other, until it is told to stop. */
import { ensureDirectoryPage } from '@parley/web/build';
import { exits } from '../exit.ts';
import { write } from '../shell.ts';
import { command } from './command.ts';
import { built, stopped } from './serve.ts';

export const directory = command({
  name: 'directory',
  group: 'Server',
  about: 'Runs a directory, by which servers find each other, until it is stopped.',
  details:
    'Servers that are started with --directory URL announce themselves to it and learn of all others. It shows the network\non one page, and signs nothing. When it is ready it prints “listening on http://HOST:PORT”.',
  examples: ['parley directory', 'parley directory --port 8090 --data /var/lib/parley-directory'],
  arguments: [],
  options: {
    host: { value: 'HOST', about: 'Address to listen on; 127.0.0.1 is usual, 0.0.0.0 for all.' },
    port: { value: 'PORT', about: 'Port of servers and of the page; 8090 is usual, 0 takes a free one.' },
    data: { value: 'DIR', about: 'Folder of its database; without it all is in memory.', offers: 'file' },
    network: { value: 'NAME', about: 'Whose servers it takes; “parley” is usual.' },
    'trusted-proxy': {
      value: 'NETWORK',
      about: 'A proxy whose X-Forwarded-For is believed; may be repeated.',
      multiple: true,
    },
    'tls-cert': { value: 'FILE', about: 'Certificate chain (PEM), for TLS without a proxy.', offers: 'file' },
    'tls-key': { value: 'FILE', about: 'Its private key (PEM).', offers: 'file' },
    log: {
      value: 'LEVEL',
      about: 'What is written to stderr: debug, info, warn, error or silent.',
      offers: ['debug', 'info', 'warn', 'error', 'silent'],
    },
  },
  async run(context, { options }) {
    const { shell } = context;
    const { startDirectory } = await import('@parley/server');
    const pageDir = await built(context, 'the page', ensureDirectoryPage);
    shell.signal.throwIfAborted();
    const flags = {
      ...options,
      'trusted-proxy': options['trusted-proxy'].length > 0 ? options['trusted-proxy'] : undefined,
    };
    const running = await startDirectory({ flags, pageDir });
    try {
      await write(shell, `listening on ${running.url}\n`);
      await stopped(shell.signal);
    } finally {
      await running.close();
    }
    return exits.ok;
  },
});
