/**
 * A bot that answers. An operator makes its token by the request `session.issue { name: 'echo', device: 'bot' }`; then
 * PARLEY_URL=http://localhost:8080 PARLEY_TOKEN=… PARLEY_STORE=./echo-bot PARLEY_ROOMS='#ops' node examples/echo-bot.ts
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
