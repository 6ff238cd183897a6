// The WebSocket subprotocol says what frames hold [RFC 6455 §1.9].
import type { Encoding } from './link.ts';

export const subprotocols: Record<Encoding, string> = { json: 'parley.v1.json', cbor: 'parley.v1.cbor' };

/** What an agreed subprotocol stands for; one of another kind is binary. */
export function encodingOf(subprotocol: string): Encoding {
  return subprotocol === subprotocols.json ? 'json' : 'cbor';
}

/** The first offer that we speak, in the client's order of preference. */
export function offeredEncoding(offered: readonly string[]): Encoding | undefined {
  const name = offered.find((offer) => offer === subprotocols.json || offer === subprotocols.cbor);
  return name === undefined ? undefined : encodingOf(name);
}
