// Other servers, by WebSocket: in over the HTTP door's handshakes, out by dialling. Frames are messages of Noise.
import type { Socket } from 'node:net';
import { maxMessageBytes } from '@parley/e2ee';
import type { Dial, Link } from '@parley/link';
import { attach, dial } from '@parley/link/websocket';
import { federationSubprotocol as subprotocol } from '@parley/protocol';
import type { OnUpgrade } from './http.ts';

export const federationPath = '/federation';

export interface FederationDoorOptions {
  readonly isTrustedProxy: (address: string) => boolean;
  readonly maxLinks: number;
}

export interface FederationDoor {
  readonly onUpgrade: OnUpgrade;
  /** Refuses further handshakes, closes every link as `going-away`, resolves when all are gone. */
  close(): Promise<void>;
}

export function openFederationDoor(options: FederationDoorOptions, accept: (link: Link) => void): FederationDoor {
  const attached = attach(
    {
      ...options,
      subprotocol,
      maxFrameBytes: maxMessageBytes,
      // A server is no page.
      mayConnect: (origin) => origin === undefined,
    },
    accept,
  );
  return { onUpgrade: attached.upgrade, close: () => attached.close() };
}

/** Dials the server at `http://` or `https://` host and port; over `socket` where that is open already. */
export function dialServer(url: string, socket?: Socket): Dial {
  const address = `${url.replace(/^http/, 'ws')}${federationPath}`;
  return dial(address, { encoding: 'cbor', subprotocol, maxFrameBytes: maxMessageBytes, socket });
}
