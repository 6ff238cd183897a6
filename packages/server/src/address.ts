// Who is at the other end of an HTTP request, and whether it is this machine.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { StartError } from './start-error.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** An address as it is written everywhere here: IPv4 within IPv6 as IPv4, without a zone. */
export function plainAddress(address: string): string {
  const bare = address.split('%')[0] ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  return mapped ?? bare;
}

/** Whether `host`, an address or a name, is always this machine: 127.0.0.0/8, ::1, localhost and names below it [RFC 6761]. */
export function isLoopback(host: string): boolean {
  const plain = plainAddress(host.replace(/^\[(.*)\]$/, '$1'));
  if (isIP(plain) !== 0) return loopback.check(plain, family(plain));
  return /^(.+\.)?localhost\.?$/i.test(plain);
}

/** Tells whether an address is in one of these networks (`10.0.0.0/8`, `fd00::/8`) or is one of these addresses. */
export function addressMatcher(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits, ...rest] = network.split('/');
    const width = isIP(address) === 6 ? 128 : 32;
    if (
      isIP(address) === 0 ||
      rest.length > 0 ||
      (bits !== undefined && !/^\d{1,3}$/.test(bits)) ||
      Number(bits) > width
    ) {
      throw new StartError(`not a network address: ${network}`);
    }
    list.addSubnet(address, bits === undefined ? width : Number(bits), family(address));
  }
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && list.check(plain, family(plain));
  };
}

/**
 * What a limit per address counts as one: an IPv4 address, or the /64 network of an IPv6 address, for that is what one
 * household or host is given.
 */
export function limitedAddress(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  // A dotted quad at the end counts for two groups.
  const missing = 8 - before.length - after.length - (plain.includes('.') ? 1 : 0);
  const groups = tail === undefined ? before : [...before, ...Array<string>(missing).fill('0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** Whether the request went through a proxy, by what its headers say. */
export function isForwarded({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const names = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];
  return names.some((name) => headers[name] !== undefined);
}

/** The name in a Host header, without its port; undefined when there is none or it is malformed. */
export function hostName(host: string | undefined): string | undefined {
  return /^(\[[\da-f:.]+\]|[^[\]:/?#@\s]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase();
}

/**
 * Whether a request may come from the page that it names: one of this same host, one of `origins`, or no page at all.
 * Browsers name it on every WebSocket; other programs may leave it out and gain nothing by it [RFC 6455 §10.2].
 */
export function isOriginAllowed({ headers }: Pick<IncomingMessage, 'headers'>, origins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (origins.includes(origin)) return true;
  if (host === undefined || !/^https?:\/\//.test(origin)) return false;
  try {
    return new URL(origin).host === new URL(`${origin.split(':')[0]}://${host}`).host;
  } catch {
    return false;
  }
}
