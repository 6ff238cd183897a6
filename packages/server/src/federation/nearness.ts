/**
 * How far an address reaches. An address of this machine or of a private network means something else to everybody, so
 * it is dialled only when it was learnt that near: else a stranger's record could send this server to its neighbours.
 */
import { BlockList, isIP } from 'node:net';
import { isLoopback, plainAddress } from '../address.ts';

export type Nearness = 'machine' | 'private' | 'public';

const rank: Record<Nearness, number> = { machine: 0, private: 1, public: 2 };

/** Not routed on the internet [RFC 6890]. */
const unrouted = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  unrouted.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 128],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  unrouted.addSubnet(network, bits, 'ipv6');

/** Of a host name or an address. A name counts as public: what it stands for is the world's to see. */
export function nearnessOf(host: string): Nearness {
  const plain = plainAddress(host.replace(/^\[(.*)\]$/, '$1'));
  if (isLoopback(plain)) return 'machine';
  const family = isIP(plain);
  if (family === 0) return /(^|\.)(local|internal|home\.arpa)$/i.test(plain) ? 'private' : 'public';
  return unrouted.check(plain, family === 6 ? 'ipv6' : 'ipv4') ? 'private' : 'public';
}

/** Of the host in an address such as `https://chat.example.org:8443`. */
export const nearnessOfUrl = (url: string): Nearness => nearnessOf(URL.parse(url)?.hostname ?? '');

export const nearer = (one: Nearness, other: Nearness): Nearness => (rank[one] <= rank[other] ? one : other);

/** Whether one reaches as far as the other. */
export const isAsFar = (one: Nearness, other: Nearness): boolean => rank[one] >= rank[other];

/** Whether an address that was learnt from a source of this nearness may be dialled. */
export const mayDial = (url: string, learnt: Nearness): boolean => isAsFar(nearnessOfUrl(url), learnt);
