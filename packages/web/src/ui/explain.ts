/** What went wrong, in plain words: what happened and what to do, never a code alone. */
import { type ErrorCode, errors, Refusal } from '@parley/protocol';
import { lasting } from './time.ts';

const words: Partial<Record<ErrorCode, string>> = {
  unavailable: 'The server cannot be reached right now. Try again when you are online.',
  'going-away': 'The server is restarting. Try again in a moment.',
  'bad-credentials': 'The name or the password is wrong.',
  'name-taken': 'That name is taken. Try another one.',
  'sign-up-closed': 'An account here needs an invite.',
  'bad-invite': 'This invite is unknown, used up or expired. Ask for a new one.',
  'guests-refused': 'Guests may not do this. Create an account first.',
  'too-many': 'There are too many of these already.',
  'session-ended': 'This session has ended. Sign in again.',
  'not-invited': 'This room needs an invitation.',
};

/** `special` says some codes in the words of the screen. */
export function explain(error: unknown, special: Partial<Record<ErrorCode, string>> = {}): string {
  if (!(error instanceof Refusal)) return 'Something went wrong in the app. Try again.';
  const { code, detail } = error;
  const own = special[code] ?? words[code];
  if (own) return own;
  if (code === 'too-fast' && detail.retryAfterMs !== undefined)
    return `Too many tries. Wait ${lasting(detail.retryAfterMs)}, then try again.`;
  if (code === 'internal' && detail.id) return `The server failed. Tell its operator this number: ${detail.id}`;
  return errors[code].meaning;
}

/** Why one did not come into a room. @param server the one that keeps it, where it is another */
export function explainJoin(error: unknown, server: { label: string } | undefined): string {
  if (!server) return explain(error);
  return explain(error, {
    unavailable: `${server.label} did not answer. Your server goes on trying; the room appears when you are in.`,
    'not-found': `There is no such room on ${server.label}, or you may not see it.`,
  });
}

export const codeOf = (error: unknown): ErrorCode | undefined => (error instanceof Refusal ? error.code : undefined);
