export { Bot, type BotCatch, type BotHandler, type BotOptions } from './bot.ts';
export type { BotContext, BotLog } from './context.ts';
export type { BotEvent, BotEvents } from './events.ts';
