export { type Completion, type CompletionContext, type CompletionItem, complete } from './complete.ts';
export { formatDuration, parseDuration } from './duration.ts';
export { type Emoji, emojiNamed, emojiTable } from './emoji.ts';
export { Ambiguous, findEmoji, findMessage, findPerson, personAmong } from './find.ts';
export type { Done } from './handlers.ts';
export { isCommand, type Parsed, parseLine, parseWords, plainText, type Usage, type Values } from './parse.ts';
export { may, usable } from './permission.ts';
export {
  type Argument,
  type ArgumentKind,
  type Command,
  type CommandName,
  commandList,
  commands,
  findCommand,
  usageOf,
} from './registry.ts';
export { type Result, type RunOptions, run, runWords } from './run.ts';
