/** A bot as its environment describes it. */
import { readFile } from 'node:fs/promises';
import { Bot as AnyBot, type BotOptions } from '../bot/bot.ts';
import { createClient } from '../client.ts';
import { machineRuntime } from '../runtime.ts';
import { memoryStore } from '../store-memory.ts';
import { type Environment, environment, stderrLog } from './config.ts';
import { dialUrl } from './dial-url.ts';
import { openFileStore } from './file-store.ts';

/**
 * PARLEY_URL is the server (see dialUrl); PARLEY_TOKEN the bot's token, or PARLEY_TOKEN_FILE a file with it; PARLEY_STORE
 * a folder of its own: without one it forgets with each end where it was. PARLEY_ROOMS are rooms to join, with commas
 * between. PARLEY_CA names a file of authorities. Throws a TypeError when URL or token are missing, and what reading a
 * file throws.
 */
export async function botFromEnv(
  env: Environment,
  options: Omit<BotOptions, 'client' | 'store' | 'token'> = {},
): Promise<AnyBot> {
  const { PARLEY_URL: url, PARLEY_STORE: dir, PARLEY_CA: caFile, PARLEY_ROOMS: rooms } = env;
  if (!url) throw new TypeError('PARLEY_URL is not set');
  const token = await tokenOf(env);
  if (!token && !dir) throw new TypeError('PARLEY_TOKEN is not set, nor PARLEY_TOKEN_FILE');
  const dial = dialUrl(url, caFile ? { caFile } : {});
  const store = dir ? await openFileStore(dir) : memoryStore();
  const client = createClient({ dial, store, runtime: machineRuntime, name: 'parley-bot/0.1.0', device: 'bot' });
  const own = { ...(token && { token }), ...(rooms && { rooms: rooms.split(',').map((room) => room.trim()) }) };
  return new AnyBot({ log: stderrLog, ...options, client, store, ...own });
}

async function tokenOf({ PARLEY_TOKEN: token, PARLEY_TOKEN_FILE: file }: Environment): Promise<string | undefined> {
  if (token || !file) return token;
  return (await readFile(file, 'utf8')).trim();
}

export const Bot = {
  /** {@link botFromEnv} with the environment of this process. */
  fromEnv: (options?: Parameters<typeof botFromEnv>[1]): Promise<AnyBot> => botFromEnv(environment(), options),
};
