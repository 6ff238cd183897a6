/** Ed25519 keys in files: PKCS #8 in PEM [RFC 8410], for their owner only. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { exits, Failure } from '../exit.ts';

export interface KeyPair {
  /** The 32 bytes of the public key [RFC 8032]. */
  publicKey: Uint8Array;
  /** The 32 bytes of the private key [RFC 8032]; a secret. */
  seed: Uint8Array;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Makes a key in a new file of mode 600; an existing file is never replaced. */
export async function makeKeyFile(path: string): Promise<KeyPair> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  return pairOf(privateKey);
}

/** Reads a key; `isOpen` tells that others may read the file. */
export async function readKeyFile(path: string): Promise<KeyPair & { isOpen: boolean }> {
  const pem = await readFile(path);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new Failure(exits.failure, 'bad-key', `${path} holds no private key: make one with parley keygen`);
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Failure(exits.failure, 'bad-key', `${path} holds a key of another kind than Ed25519`);
  const { mode } = await stat(path);
  return { ...pairOf(key), isOpen: process.platform !== 'win32' && (mode & 0o077) !== 0 };
}

function pairOf(privateKey: KeyObject): KeyPair {
  const { x, d } = privateKey.export({ format: 'jwk' });
  return {
    publicKey: Uint8Array.fromBase64(x ?? '', { alphabet: 'base64url' }),
    seed: Uint8Array.fromBase64(d ?? '', { alphabet: 'base64url' }),
    sign: async (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}
