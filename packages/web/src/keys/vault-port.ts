/** What a page may ask of the vault, and what it may know of its keys. Nothing here loads cryptography. */
import type { KeyMessage } from '@parley/e2ee';

/** What may be known of a key. */
export interface HeldKey {
  /** `key:` and its public half. */
  readonly address: string;
  readonly key: Uint8Array;
  readonly label: string;
  /** User id of the account at which it is used here. */
  readonly account: string | undefined;
  /** Unix ms. */
  readonly createdAt: number;
  /** Else it is gone with the page. */
  readonly isKept: boolean;
}

/** Why the vault refused; `failed`: the browser keeps nothing, or the worker ended. */
export const vaultCodes = [
  'bad-file',
  'bad-key',
  'bad-message',
  'too-large',
  'too-many',
  'not-found',
  'failed',
] as const;
export type VaultCode = (typeof vaultCodes)[number];

export class VaultError extends Error {
  readonly code: VaultCode;

  constructor(code: VaultCode) {
    super(code);
    this.name = 'VaultError';
    this.code = code;
  }
}

export interface VaultPort {
  list(): Promise<HeldKey[]>;
  make(given: { label: string }): Promise<HeldKey>;
  /** Refuses with `bad-file`, `too-many`. The same key again is the one that is held. */
  take(given: { file: Blob; label: string; keep: boolean }): Promise<HeldKey>;
  file(given: { address: string }): Promise<Blob>;
  /** Uses the key at an account, and no other one there. */
  bind(given: { address: string; account: string }): Promise<HeldKey>;
  remove(given: { address: string }): Promise<void>;
  sign(given: { address: string; message: Uint8Array }): Promise<Uint8Array>;
  /** Refuses with `bad-key` for what is no address, `too-large`. */
  seal(given: { address: string; to: Uint8Array; text: string; name: string | undefined }): Promise<Uint8Array>;
  /** Refuses with `bad-message`. */
  open(given: { address: string; sealed: Uint8Array }): Promise<KeyMessage>;
}
