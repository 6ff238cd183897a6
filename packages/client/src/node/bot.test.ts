import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { botFromEnv } from './bot.ts';

test('a bot of the environment has a server, and a token or a file with one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bot-'));
  try {
    const url = { PARLEY_URL: 'http://127.0.0.1:9' };
    const file = join(folder, 'token');
    await assert.rejects(botFromEnv({ PARLEY_TOKEN: 't' }), /PARLEY_URL is not set/);
    await assert.rejects(botFromEnv(url), /PARLEY_TOKEN is not set, nor PARLEY_TOKEN_FILE/);
    await assert.rejects(botFromEnv({ ...url, PARLEY_TOKEN_FILE: file }), { code: 'ENOENT' });
    await writeFile(file, '\n');
    await assert.rejects(botFromEnv({ ...url, PARLEY_TOKEN_FILE: file }), TypeError);
    await writeFile(file, 'secret\n');
    const bots = [
      await botFromEnv({ ...url, PARLEY_TOKEN_FILE: file }),
      await botFromEnv({ ...url, PARLEY_TOKEN: 't' }),
    ];
    for (const bot of bots) await bot.client.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
