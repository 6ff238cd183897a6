export { type ChatOptions, chat } from './chat/chat.ts';
export * from './clean.ts';
export * from './day.ts';
export * from './duration.ts';
export * from './format.ts';
export * from './notice.ts';
