import type { AddressInfo, Server } from 'node:net';
import { StartError } from '../start-error.ts';

export interface BoundAddress {
  readonly host: string;
  readonly port: number;
}

/** Why a port cannot be had, in one line. */
export function listenError(wanted: BoundAddress, cause: unknown): StartError {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'something else listens there',
    EACCES: 'the system does not allow it',
    EADDRNOTAVAIL: 'this machine does not have that address',
    ENOTFOUND: 'there is no such host name',
  };
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const host = wanted.host.includes(':') ? `[${wanted.host}]` : wanted.host;
  return new StartError(`cannot listen on ${host}:${wanted.port}: ${reasons[code] ?? message}`, { cause });
}

/** Resolves when the server listens; rejects with a StartError. */
export function listenOn(server: Server, wanted: BoundAddress): Promise<BoundAddress> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error): void => reject(listenError(wanted, cause));
    server.once('error', onError);
    server.listen({ host: wanted.host, port: wanted.port }, () => {
      server.off('error', onError);
      const { address, port } = server.address() as AddressInfo;
      resolve({ host: address, port });
    });
  });
}
