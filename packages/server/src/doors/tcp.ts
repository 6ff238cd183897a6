// Raw TCP clients: frames of CBOR, each behind its length.
import type { Link, Listener } from '@parley/link';
import { listen } from '@parley/link/tcp';
import { isLoopback } from '../address.ts';
import type { Arrival } from './arrival.ts';
import { type BoundAddress, listenError } from './listening.ts';
import type { TlsFiles } from './tls.ts';

export interface TcpDoorOptions extends BoundAddress {
  readonly tls?: TlsFiles | undefined;
  readonly maxLinks: number;
}

/** Rejects with a StartError when the port cannot be had. */
export async function openTcpDoor(
  options: TcpDoorOptions,
  accept: (link: Link, arrival: Arrival) => void,
): Promise<Listener> {
  const isLocalListener = isLoopback(options.host);
  try {
    return await listen(options, (link) => accept(link, { isLocal: isLocalListener && isLoopback(link.peer.address) }));
  } catch (cause) {
    throw listenError(options, cause);
  }
}
