/** Messages to keys, as the rest of the app sees them. */
import type { Readable } from '@parley/client';
import type { ErrorCode } from '@parley/protocol';
import type { HeldKey, VaultCode } from './vault-port.ts';

export interface KeyLine {
  readonly key: string;
  readonly mine: boolean;
  readonly text: string;
  /** Of another one's, by their clock. */
  readonly at: number;
  readonly state: 'sent' | 'sending' | 'failed';
  readonly code: ErrorCode | VaultCode | undefined;
}

/** What was said with one key since the page was opened. */
export interface KeyTalk {
  readonly address: string;
  /** What they want to be called; proven by nothing. */
  readonly name: string | undefined;
  readonly lines: readonly KeyLine[];
  readonly unread: number;
}

/** `here`: the server knows that messages to the key come here. `waiting`: it is not known yet, or not any more. */
export type KeyPlace =
  | { held: HeldKey; state: 'here' | 'waiting' }
  | { held: HeldKey; state: 'refused'; code: ErrorCode };

export interface KeyMail {
  /** Keys in this browser, of any account. */
  readonly keys: Readable<readonly HeldKey[]>;
  /** The one that is used at this account. */
  readonly own: Readable<KeyPlace | undefined>;
  /** The one that was heard last first. */
  readonly talks: Readable<readonly KeyTalk[]>;
  /** Makes a key and uses it at this account. */
  make(label: string): Promise<HeldKey>;
  /** Takes one out of a file. Refuses with VaultError. */
  take(file: Blob, label: string, keep: boolean): Promise<HeldKey>;
  /** Uses a key at this account. */
  use(key: HeldKey): Promise<void>;
  /** Has a key sign in to this account from now on. */
  letSignIn(key: HeldKey): Promise<void>;
  signIn(key: HeldKey): Promise<void>;
  /** The key as a file of the command line. */
  file(key: HeldKey): Promise<Blob>;
  remove(key: HeldKey): Promise<void>;
  /** Says something; what becomes of it stands in the line. */
  send(address: string, text: string): void;
  discard(address: string, line: string): void;
  /** A talk is on the screen: what comes is read. Returns what ends that. */
  reads(address: string): () => void;
  /** Calls it with each message that comes while nobody reads that talk. */
  onMessage(listener: (talk: KeyTalk, line: KeyLine) => void): () => void;
}

const markOf = (user: string): string => `parley.key:${user}`;

/** Whether an account has a key in this browser, known without opening it. */
export const hasKeyHere = (user: string): boolean => localStorage.getItem(markOf(user)) !== null;

export function markKeyHere(user: string, isHere: boolean): void {
  if (isHere) localStorage.setItem(markOf(user), '1');
  else localStorage.removeItem(markOf(user));
}

/** `key:abcd…wxyz`, where the whole address does not fit. */
export const shortAddress = (address: string): string => `${address.slice(0, 8)}…${address.slice(-4)}`;
