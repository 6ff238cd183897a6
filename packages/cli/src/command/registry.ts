/** Every subcommand, in the order of help. */
import type { Command } from './command.ts';
import { keygen } from './keygen.ts';

export const commands: readonly Command[] = [keygen];
