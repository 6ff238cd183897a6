// Who this server is: an Ed25519 key in one file, in the form that `openssl pkey` reads. Losing it is losing the server.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign as signature } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { toBase32 } from '@parley/protocol';
import { StartError } from './start-error.ts';

export interface Identity {
  /** The public key in base32: the server's id. */
  readonly id: string;
  readonly publicKey: Uint8Array;
  /** Ed25519 [RFC 8032], 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}

export interface IdentityPlace {
  /** The data folder; the key is in its file `identity`. Made when missing. */
  readonly folder: string;
  /** Whether a missing key may be made: not where data of an earlier one lies. */
  readonly mayCreate: boolean;
}

/** Reads the identity, or makes it. Throws StartError when the file is missing, unreadable, no such key or open to others. */
export function openIdentity({ folder, mayCreate }: IdentityPlace): Identity {
  const path = join(folder, 'identity');
  try {
    const read = readKey(path);
    if (read !== undefined) return fromKey(read);
    if (mayCreate) {
      createKey(folder, path);
      const made = readKey(path);
      if (made !== undefined) return fromKey(made);
    }
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    throw new StartError(`cannot open the identity ${path}: ${(cause as Error).message}`, { cause });
  }
  throw new StartError(`the identity ${path} is missing, but there is data of it: put it back from a backup`);
}

/** The id of the server whose data folder this is; undefined where no identity is. Throws as {@link openIdentity}. */
export function identityIn(folder: string): string | undefined {
  const key = readKey(join(folder, 'identity'));
  return key && fromKey(key).id;
}

/** A new identity that is in no file, for tests and the simulation; from a given seed of 32 bytes, always the same. */
export function identityFromSeed(seed: Uint8Array): Identity {
  // PrivateKeyInfo [RFC 8410 §7].
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  return fromKey(createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' }));
}

function fromKey(privateKey: KeyObject): Identity {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(x ?? '', 'base64url'));
  return {
    id: toBase32(publicKey),
    publicKey,
    sign: (message) => new Uint8Array(signature(null, message, privateKey)),
  };
}

function readKey(path: string): KeyObject | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    // Windows has no such modes.
    if (process.platform !== 'win32' && (fstatSync(file).mode & 0o077) !== 0) {
      throw new StartError(`the identity ${path} can be read by others: chmod 600 it`);
    }
    return parsedKey(readFileSync(file, 'utf8'), path);
  } finally {
    closeSync(file);
  }
}

function parsedKey(pem: string, path: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {}
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new StartError(`the identity ${path} holds no Ed25519 key: put it back from a backup`);
}

/** The key is whole and on disk before it gets its name; of two processes, the first one's stays. */
function createKey(folder: string, path: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  const draft = `${path}.${process.pid}.new`;
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, pem.toString());
    fsyncSync(file);
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(file);
    rmSync(draft);
  }
  syncFolder(folder);
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
