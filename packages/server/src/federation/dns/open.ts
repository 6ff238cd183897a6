/** Lookups by the resolver that the configuration names. */
import { isIP } from 'node:net';
import { isLoopback } from '../../address.ts';
import type { Log } from '../../log.ts';
import type { Runtime } from '../../runtime.ts';
import type { ResolverAddress } from './exchange.ts';
import { NameLookup } from './lookup.ts';
import { Resolver } from './resolver.ts';

export interface DnsSettings {
  /** As `127.0.0.1:53`, `[::1]:53`, `127.0.0.1`, or `none`. */
  readonly resolver: string;
  /** Whether a resolver on another machine is believed when it says that it has validated something. */
  readonly trustRemote: boolean;
}

const usualPort = 53;

/** The address of a resolver; undefined where the text is none. */
export function resolverAddress(text: string): ResolverAddress | undefined {
  if (isIP(text) !== 0) return { host: text, port: usualPort };
  const [, inBrackets, plain, digits] = /^(?:\[([\da-f:.]+)\]|([\d.]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = inBrackets ?? plain ?? '';
  const port = Number(digits);
  const family = inBrackets === undefined ? 4 : 6;
  return isIP(host) === family && port > 0 && port < 65_536 ? { host, port } : undefined;
}

/** Undefined where no resolver is to be asked. */
export function openNameLookup(
  { resolver: text, trustRemote }: DnsSettings,
  runtime: Runtime,
  log: Log,
): NameLookup | undefined {
  const address = resolverAddress(text);
  if (!address) return undefined;
  const isTrusted = trustRemote || isLoopback(address.host);
  if (!isTrusted) log.warn({ resolver: text }, 'the DNS resolver is not on this machine: no name counts as validated');
  return new NameLookup({ resolver: new Resolver({ address, isTrusted, runtime }), runtime });
}
