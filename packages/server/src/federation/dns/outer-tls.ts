/**
 * Opens connections to hosts whose addresses are known, with TLS around them whose certificate is checked before a byte
 * is sent inside. Servers prove who they are within it, by their keys; TLS hides from the way who talks to whom.
 */
import { createHash, type X509Certificate } from 'node:crypto';
import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Runtime } from '../../runtime.ts';
import type { HostAddress } from './lookup.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** IP addresses of the host; not empty. */
  readonly addresses: readonly HostAddress[];
}

export interface OpenOptions {
  readonly runtime: Pick<Runtime, 'setTimer'>;
  readonly signal: AbortSignal;
}

/**
 * `silent`: nobody answers in time, or at all. `plain`: who answers speaks no TLS. `wrong-certificate`: it is not what
 * was wanted.
 */
export type NoConnectionReason = 'silent' | 'plain' | 'wrong-certificate';

export class NoConnection extends Error {
  readonly reason: NoConnectionReason;

  constructor(reason: NoConnectionReason, options?: ErrorOptions) {
    super(`no connection: ${reason}`, options);
    this.name = 'NoConnection';
    this.reason = reason;
  }
}

/** For TCP and TLS together. */
const openMs = 10_000;

/** SHA-256 of a certificate's public key, in hex: what a TLSA record of the kind 3 1 1 holds [RFC 6698 §2.1]. */
export function keyHash({ publicKey }: Pick<X509Certificate, 'publicKey'>): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** Opens a connection without TLS. Rejects with NoConnection, or the signal's reason. */
export function openPlain(endpoint: Endpoint, options: OpenOptions): Promise<Socket> {
  return opened(connectTcp(target(endpoint)), 'connect', () => true, options);
}

/**
 * Opens a connection with TLS. With `keys` its certificate must be of one of them, whoever issued it, for whatever name
 * and time [RFC 7671 §5.1]; without, it must be one for the host by an authority of this machine. Rejects as {@link openPlain}.
 */
export function openTls(endpoint: Endpoint, keys: readonly string[], options: OpenOptions): Promise<TLSSocket> {
  const socket = connectTls({ ...target(endpoint), servername: endpoint.host, rejectUnauthorized: false });
  const isRight = (): boolean => {
    if (keys.length === 0) return socket.authorized;
    const certificate = socket.getPeerX509Certificate();
    return certificate !== undefined && keys.includes(keyHash(certificate));
  };
  return opened(socket, 'secureConnect', isRight, options);
}

function target({ host, port, addresses }: Endpoint): { host: string; port: number; lookup: LookupFunction } {
  const lookup: LookupFunction = (_host, { all }, callback) => {
    const [first] = addresses;
    if (all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
  return { host, port, lookup };
}

async function opened<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  isRight: () => boolean,
  { runtime, signal }: OpenOptions,
): Promise<S> {
  const { promise, resolve, reject } = Promise.withResolvers<S>();
  const onAbort = (): void => reject(signal.reason);
  const onError = (cause: Error): void => {
    reject(new NoConnection(event === 'secureConnect' ? reasonOf(cause) : 'silent', { cause }));
  };
  const cancel = runtime.setTimer(() => reject(new NoConnection('silent')), openMs);
  socket.on('error', onError);
  socket.once(event, () => (isRight() ? resolve(socket) : reject(new NoConnection('wrong-certificate'))));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await promise;
  } catch (error) {
    // Whatever it still says concerns nobody.
    socket.on('error', () => {}).destroy();
    throw error;
  } finally {
    cancel();
    socket.off('error', onError);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Who hears a TLS hello and knows none says something else, or hangs up. */
function reasonOf(error: NodeJS.ErrnoException): NoConnectionReason {
  return error.code?.startsWith('ERR_SSL_') || error.code === 'ECONNRESET' ? 'plain' : 'silent';
}
