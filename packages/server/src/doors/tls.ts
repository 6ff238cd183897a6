import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { StartError } from '../start-error.ts';

/** Certificate chain and private key in PEM. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads what `listen.tls-cert` and `listen.tls-key` name; undefined when they are not set. Throws StartError. */
export function readTls(listen: {
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}): TlsFiles | undefined {
  const { tlsCert, tlsKey } = listen;
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  try {
    const files = { cert: readFileSync(tlsCert), key: readFileSync(tlsKey) };
    createSecureContext(files);
    return files;
  } catch (cause) {
    throw new StartError(`cannot use ${tlsCert} with ${tlsKey} for TLS: ${(cause as Error).message}`, { cause });
  }
}
