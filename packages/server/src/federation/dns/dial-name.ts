/**
 * Dials a server by its name: where DNS says that it is, one place after the other, expecting the id that DNS names. A
 * forged answer leads to a server that cannot prove to be the one pinned, or is refused before.
 */
import type { Socket } from 'node:net';
import type { Dial, Link } from '@parley/link';
import { Lru } from '../../lru.ts';
import type { Runtime } from '../../runtime.ts';
import type { DialName } from '../dialler.ts';
import { NoSecureLink } from '../peer-fault.ts';
import type { NameAddress, NameLookup } from './lookup.ts';
import { type Endpoint, NoConnection, type OpenOptions, openPlain, openTls } from './outer-tls.ts';

export interface NameDiallerOptions {
  readonly names: Pick<NameLookup, 'lookup' | 'hostAddresses'>;
  /** Makes an open connection to a URL a link. */
  readonly dial: (url: string, socket: Socket) => Dial;
  readonly runtime: Pick<Runtime, 'setTimer'>;
}

interface Place {
  readonly server: string;
  readonly addresses: readonly NameAddress[];
}

/** Names whose last place is remembered, for when no resolver answers: as many as are dialled. */
const maxPlaces = 256;

export function nameDialler(options: NameDiallerOptions): DialName {
  const places = new Lru<string, Place>(maxPlaces);
  return async (name, pinned, signal) => {
    const { server, addresses } = await placeOf(name, pinned, options, places);
    let failure: unknown = new NoSecureLink('no-name');
    for (const address of addresses) {
      try {
        return { server, link: await dialAt(address, options, signal) };
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
      }
    }
    throw failure instanceof NoConnection ? faultOfConnection(failure) : failure;
  };
}

async function placeOf(
  name: string,
  pinned: string | undefined,
  { names }: NameDiallerOptions,
  places: Lru<string, Place>,
): Promise<Place> {
  const { outcome, id, addresses } = await names.lookup(name);
  if (outcome === 'bogus') throw new NoSecureLink('bogus-name');
  if (outcome === 'unavailable') {
    const last = places.get(name);
    if (last) return last;
    throw new NoSecureLink('no-resolver');
  }
  if (id === undefined) throw new NoSecureLink('no-name');
  // Anybody could have said so: what was learnt first stays.
  if (outcome === 'unsigned' && pinned !== undefined && id !== pinned) throw new NoSecureLink('wrong-server');
  const place = { server: id, addresses };
  if (addresses.length > 0) places.set(name, place);
  return place;
}

/**
 * With keys that DNS vouches for only TLS with one of them will do. Without, TLS comes first, and where there is none it
 * goes without: who answers has to prove its key either way.
 */
async function dialAt(
  { host, port, tlsa }: NameAddress,
  { names, dial, runtime }: NameDiallerOptions,
  signal: AbortSignal,
): Promise<Link> {
  const addresses = await names.hostAddresses(host);
  if (addresses.length === 0) throw new NoSecureLink('unreachable');
  const endpoint: Endpoint = { host, port, addresses };
  const open: OpenOptions = { runtime, signal };
  try {
    return await linkOver(await openTls(endpoint, tlsa, open), dial, `https://${host}:${port}`, signal);
  } catch (error) {
    if (tlsa.length > 0 || !(error instanceof NoConnection) || error.reason !== 'plain') throw error;
  }
  return linkOver(await openPlain(endpoint, open), dial, `http://${host}:${port}`, signal);
}

async function linkOver(
  socket: Socket,
  dial: NameDiallerOptions['dial'],
  url: string,
  signal: AbortSignal,
): Promise<Link> {
  try {
    return await dial(url, socket)(signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function faultOfConnection(cause: NoConnection): NoSecureLink {
  return new NoSecureLink(cause.reason === 'silent' ? 'unreachable' : 'wrong-certificate', { cause });
}
