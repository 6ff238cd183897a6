import { limits } from '@parley/protocol';

/** What somebody typed as a name, in the form of account names: lower case, no `@`. */
export const typedName = (typed: string): string => typed.trim().replace(/^@/, '').toLowerCase();

/** What is wrong with an account name, or undefined. The pattern is that of the protocol. */
export function nameFault(name: string): string | undefined {
  if (name.length > limits.accountName) return `At most ${limits.accountName} characters.`;
  if (!/^[a-z0-9]/.test(name)) return 'Begin with a letter from a to z or a digit.';
  if (!/^[a-z0-9._-]+$/.test(name)) return 'Only letters from a to z, digits, and . _ -';
  return undefined;
}

/** The shortest password that servers take; stated by `account.register`. */
export const passwordLength = 8;
