/**
 * Where others dial this server, as far as it can know: where the configuration says so; at the address that it listens
 * on, if that is one address and of use to those it is told to; and, if they lead back to itself, under its name and at
 * the address where others see it.
 */
import { isIP } from 'node:net';
import { nearnessOf, nearnessOfUrl } from './nearness.ts';

export interface OwnAddressOptions {
  /** As the configuration names them; then nothing is guessed. */
  readonly publicUrls: readonly string[];
  /** The name that the configuration gives it. */
  readonly name: string | undefined;
  /** The address that it listens on, as it was configured; and the URL there, port and scheme included. */
  readonly host: string;
  readonly url: string;
  /** Directories and servers that it is told to talk to. */
  readonly others: readonly string[];
}

/** What is known without asking anybody. */
export function plainAddresses({ publicUrls, name, host, url, others }: OwnAddressOptions): string[] {
  if (publicUrls.length > 0) return [...publicUrls];
  if (isWildcard(host)) return [];
  if (nearnessOf(host) !== 'machine') return isIP(host) === 0 ? [] : [url];
  // On this machine alone, and for others on it: a server with a name is for the world, by way of a proxy.
  return name === undefined && others.every((other) => nearnessOfUrl(other) === 'machine') ? [url] : [];
}

/** Where its name may lead to it: to a proxy, or to its own port. */
export function namedAddresses({ publicUrls, name, url }: OwnAddressOptions): string[] {
  if (publicUrls.length > 0 || name === undefined || nearnessOf(name) === 'machine') return [];
  const { protocol, port } = new URL(url);
  return [...new Set([`https://${name}`, new URL(`${protocol}//${name}:${port}`).origin])];
}

/** Where somebody else sees this server come from, if it listens on all addresses; undefined when that is of no use. */
export function seenAddress({ publicUrls, host, url }: OwnAddressOptions, address: string): string | undefined {
  const family = isIP(address);
  if (publicUrls.length > 0 || !isWildcard(host) || family === 0) return undefined;
  const { protocol, port } = new URL(url);
  return new URL(`${protocol}//${family === 6 ? `[${address}]` : address}:${port}`).origin;
}

const isWildcard = (host: string): boolean => /^(0\.0\.0\.0|\[?::\]?)$/.test(host);
