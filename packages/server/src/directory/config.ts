// What a directory is told by its command line.

import { addressMatcher } from '../address.ts';
import { shape } from '../config-shape.ts';
import { readTls, type TlsFiles } from '../doors/tls.ts';
import type { LogLevel } from '../log.ts';
import { BadSetting } from '../setting.ts';
import { StartError } from '../start-error.ts';

/** As `--host`, `--port`, … gave them. */
export interface DirectoryFlags {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  /** Without it everything is in memory. */
  readonly data?: string | undefined;
  readonly network?: string | undefined;
  readonly 'trusted-proxy'?: readonly string[] | undefined;
  readonly 'tls-cert'?: string | undefined;
  readonly 'tls-key'?: string | undefined;
  readonly log?: string | undefined;
}

export interface DirectoryConfig {
  readonly host: string;
  readonly port: number;
  readonly data: string | undefined;
  readonly network: string;
  readonly isTrustedProxy: (address: string) => boolean;
  readonly tls: TlsFiles | undefined;
  readonly logLevel: LogLevel;
}

const usualPort = 8090;

/** Throws StartError, which names the flag, for any value that is not right. */
export function directoryConfig(flags: DirectoryFlags): DirectoryConfig {
  const read = <T>(flag: keyof DirectoryFlags, parse: (text: string) => T, usual: T): T => {
    const given = flags[flag];
    if (given === undefined) return usual;
    try {
      return parse(typeof given === 'string' ? given : given.join(','));
    } catch (cause) {
      if (cause instanceof BadSetting) throw new StartError(`--${flag} ${cause.message}`, { cause });
      throw cause;
    }
  };
  const { listen, network, trustedProxies, log } = shape;
  const [tlsCert, tlsKey] = [flags['tls-cert'], flags['tls-key']];
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw new StartError('--tls-cert and --tls-key go together');
  if (flags.data === '') throw new StartError('--data must be a path');
  return {
    host: read('host', listen.host.parse, listen.host.fallback),
    port: read('port', listen.port.parse, usualPort),
    data: flags.data,
    network: read('network', network.parse, network.fallback),
    isTrustedProxy: addressMatcher(read('trusted-proxy', trustedProxies.parse, [])),
    tls: readTls({ tlsCert, tlsKey }),
    logLevel: read('log', log.level.parse, log.level.fallback),
  };
}
