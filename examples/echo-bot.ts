/**
 * A bot that answers to !echo and greets who comes. As an operator make its token, then run it in the clone:
 * npx parley bot echo --token-file echo.token
 * PARLEY_URL=http://localhost:8080 PARLEY_TOKEN_FILE=echo.token PARLEY_ROOMS='#ops' npx node examples/echo-bot.ts
 * With PARLEY_STORE=FOLDER it also answers, after a restart, what was said meanwhile.
 */
import { Bot } from '@parley/client/node';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const bot = await Bot.fromEnv();
bot.command('echo', 'says what you say', (context) => context.reply(context.rest || '…'));
bot.on('message:text', async (context) => {
  if (/\bping\b/i.test(context.text)) await context.react('🏓');
});
bot.on('member:joined', (context) => context.say(`Welcome, @${context.entry.name}!`));
bot.catch((error, context) => context?.log.error(error, { room: context.room.id }));
await bot.start({ signal: stop.signal });
