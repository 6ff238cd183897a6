/** Runs a homeserver with the web app until it is told to stop. */
import { cleanText } from '@parley/terminal';
import { ensureBuilt } from '@parley/web/build';
import type { Context } from '../context.ts';
import { exits, Failure } from '../exit.ts';
import { write } from '../shell.ts';
import { command } from './command.ts';

const buildNoticeMs = 300;

export const serve = command({
  name: 'serve',
  group: 'Server',
  about: 'Runs a homeserver with the web app until it is stopped.',
  details:
    'Flags win over PARLEY_… in the environment, that over the file, that over the defaults. When it is ready it prints\n“listening on http://HOST:PORT”; without an owner yet also a one-time link that makes its first visitor the owner.',
  examples: ['parley serve', 'parley serve --port 0 --data /tmp/try', 'parley serve --config /etc/parley.toml'],
  arguments: [],
  options: {
    host: { value: 'HOST', about: 'Address to listen on; 127.0.0.1 is usual, 0.0.0.0 for all.' },
    port: { value: 'PORT', about: 'Port of the web app and of WebSockets; 8080 is usual, 0 takes a free one.' },
    doors: {
      value: 'DOORS',
      about: 'How clients come in: websocket, tcp or all. A server with tcp alone dials others and is not dialled.',
    },
    'tcp-port': { value: 'PORT', about: 'Port of raw TCP clients; 0 takes a free one.' },
    data: { value: 'DIR', about: 'Folder of the database; ./data is usual.', offers: 'file' },
    config: { value: 'FILE', about: 'Configuration in TOML.', offers: 'file' },
    name: { value: 'NAME', about: 'DNS name of this server.' },
    peer: {
      value: 'ADDRESS',
      about: 'Another server to link with: https://HOST, http://HOST:PORT, or its name in DNS; may be repeated.',
      multiple: true,
    },
    directory: {
      value: 'URL',
      about: 'A directory to be found by, as https://directory.example; may be repeated.',
      multiple: true,
    },
    'public-url': {
      value: 'URL',
      about: 'Where other servers dial this one, as https://chat.example.org; may be repeated.',
      multiple: true,
    },
    allow: {
      value: 'SERVER',
      about: 'Id of a server to link with, and with none that is not named so; may be repeated.',
      multiple: true,
    },
  },
  async run(context, { options }) {
    const { shell } = context;
    const { startServer } = await import('@parley/server');
    const webDir = await built(context, 'the web app', ensureBuilt);
    shell.signal.throwIfAborted();
    const server = await startServer({ flags: options, env: shell.env, webDir });
    try {
      await write(shell, `listening on ${server.url}\n`);
      if (server.ownerLink) await write(shell, `own this server: ${server.ownerLink}\n`);
      await stopped(shell.signal);
    } finally {
      await server.close();
    }
    return exits.ok;
  },
});

/** The folder of what is built; built first when its sources have changed. */
export async function built(context: Context, what: string, ensure: () => Promise<{ dir: string }>): Promise<string> {
  const notice = setTimeout(() => context.say(`parley: building ${what}, once …`), buildNoticeMs);
  try {
    return (await ensure()).dir;
  } catch (error) {
    throw new Failure(
      exits.failure,
      'cannot-build',
      `${what} cannot be built: ${cleanText((error as Error).message)}`,
      {
        cause: error,
      },
    );
  } finally {
    clearTimeout(notice);
  }
}

export function stopped(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
