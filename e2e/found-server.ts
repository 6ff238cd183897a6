/** A server in a process of its own whose owner asks it what other servers it knows. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dial } from '@parley/link/websocket';
import { decodeServerFrame, encodeFrame, type Reply, type ServerView } from '@parley/protocol';
import { identityIn } from '@parley/server';

const main = join(import.meta.dirname, '../packages/cli/src/main.ts');

export interface Found {
  readonly id: string;
  readonly url: string;
  /** In the order of their ids. */
  known(): Promise<ServerView[]>;
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

/** Starts it over a folder; in a later life its owner is there already. */
export async function startFound(
  data: string,
  more: readonly string[],
  life: 'first' | 'later' = 'first',
): Promise<Found> {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--data', data, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PARLEY_LOG_LEVEL: 'error' },
  });
  let url: string | undefined;
  let secret: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const listening = /^listening on (\S+)/.exec(line)?.[1];
    if (listening) url = listening;
    secret ??= /#claim=(\S+)/.exec(line)?.[1];
    if (url && (secret || life === 'later')) break;
  }
  if (!url) throw new Error(`the server ended with ${child.exitCode}`);
  const ask = await owner(url, life === 'first' ? secret : undefined);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  };
  return {
    id: identityIn(data) ?? '',
    url,
    known: async () => ((await ask('server.list', { limit: 100 })) as Reply<'server.list'>).servers,
    async kill() {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
}

const password = 'fog horn pepper quay';

/** Signs in; the first time as a newcomer who takes the server over. */
async function owner(url: string, secret: string | undefined) {
  const link = await dial(`${url.replace('http', 'ws')}/ws`, { encoding: 'json' })();
  const frames = link.frames();
  let id = 0;
  const ask = async (request: string, payload: unknown): Promise<unknown> => {
    await link.send(encodeFrame('json', { id: ++id, request, payload }));
    for (;;) {
      const { value, done } = await frames.next();
      if (done) throw new Error('the server is gone');
      const frame = decodeServerFrame('json', value);
      if ('error' in frame) throw new Error(`${request}: ${frame.error.message}`);
      if ('reply' in frame && frame.id === id) return frame.reply;
    }
  };
  await ask('session.hello', { versions: [1], client: 'test' });
  if (secret === undefined) await ask('session.signIn', { name: 'owner', password, device: 'test' });
  else {
    await ask('account.register', { name: 'owner', password, device: 'test' });
    await ask('account.claim', { secret });
  }
  return ask;
}
