// WebSockets over the HTTP door's handshakes.
import type { IncomingMessage } from 'node:http';
import type { Link } from '@parley/link';
import { attach } from '@parley/link/websocket';
import { hostName, isForwarded, isLoopback } from '../address.ts';
import type { Arrival } from './arrival.ts';
import type { OnUpgrade } from './http.ts';

export interface WebSocketDoorOptions {
  /** The address that the HTTP door listens on. */
  readonly host: string;
  readonly isTrustedProxy: (address: string) => boolean;
  readonly maxLinks: number;
}

export interface WebSocketDoor {
  readonly onUpgrade: OnUpgrade;
  /** Links open now. */
  readonly size: number;
  /** Refuses further handshakes, closes every link as `going-away`, resolves when all are gone. */
  close(): Promise<void>;
}

export function openWebSocketDoor(
  { host, isTrustedProxy, maxLinks }: WebSocketDoorOptions,
  accept: (link: Link, arrival: Arrival) => void,
): WebSocketDoor {
  const isLocalListener = isLoopback(host);
  const attached = attach({ isTrustedProxy, maxLinks }, (link, request) => {
    accept(link, { isLocal: isLocalListener && isLocalRequest(link, request) });
  });
  return {
    onUpgrade: attached.upgrade,
    get size() {
      return attached.size;
    },
    close: () => attached.close(),
  };
}

/** A page of another site whose name was pointed at this machine still names that site as Host. */
function isLocalRequest(link: Link, request: IncomingMessage): boolean {
  return isLoopback(hostName(request.headers.host) ?? '') && isLoopback(link.peer.address) && !isForwarded(request);
}
