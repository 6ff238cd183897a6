/** What went wrong with keys and with messages to them, in plain words. */
import { type ErrorCode, Refusal } from '@parley/protocol';
import { explain } from '../ui/explain.ts';
import type { KeyLine } from './key-mail.ts';
import { type VaultCode, VaultError } from './vault-port.ts';

const vaultWords: Readonly<Record<VaultCode, string>> = {
  'bad-file':
    'This file holds no key that can be used here: it takes an Ed25519 private key, as parley keygen writes it.',
  'bad-key': 'Nobody can be written to at this key: it is not one of a person.',
  'bad-message': 'What came is not for this key.',
  'too-large': 'It is too long for one message.',
  'too-many': 'There are as many keys in this browser as it takes. Remove one first.',
  'not-found': 'The key is not in this browser any more.',
  failed:
    'The keys of this browser cannot be opened. Reload the page; if that does not help, the browser keeps no data.',
};

const keyWords: Partial<Record<ErrorCode, string>> = {
  'bad-credentials':
    'No account here signs in with this key. Sign in with your password and add it under Sessions and keys.',
  'bad-challenge': 'The server did not take the proof. Try again.',
  duplicate: 'This key signs in to an account already.',
};

/** What a key was to be used for did not work. */
export function explainKey(error: unknown): string {
  return error instanceof VaultError ? vaultWords[error.code] : explain(error, keyWords);
}

const sendWords: Partial<Record<ErrorCode, string>> = {
  'nobody-there':
    'Nobody is signed in with this key now, on any server that can be found from here. Nothing is kept for later.',
  unavailable: 'There was no answer. It may have arrived all the same.',
  'too-fast': 'Too much is being sent at once. Wait a moment.',
};

/** Why a message to a key was not delivered. */
export function notDelivered(code: KeyLine['code']): string {
  if (code === undefined) return '';
  if (code in vaultWords) return vaultWords[code as VaultCode];
  return explain(new Refusal(code as ErrorCode), sendWords);
}
