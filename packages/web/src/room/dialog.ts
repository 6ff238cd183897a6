import type { MessageRow } from '@parley/client';
import type { Command } from '@parley/client/command';

/** The dialog that is open. */
export type OpenDialog =
  | { type: 'settings' | 'invite' }
  | { type: 'edits'; row: MessageRow }
  | { type: 'help'; command: Command | undefined };
