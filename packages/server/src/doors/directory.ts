// Directories, by WebSocket: out by dialling.
import type { Dial } from '@parley/link';
import { dial } from '@parley/link/websocket';
import { directoryPath, directorySubprotocol, limits } from '@parley/protocol';

/** Dials the directory at `http://` or `https://` host and port. */
export function dialDirectory(url: string): Dial {
  const address = `${url.replace(/^http/, 'ws')}${directoryPath}`;
  return dial(address, { encoding: 'cbor', subprotocol: directorySubprotocol, maxFrameBytes: limits.frameBytes });
}
