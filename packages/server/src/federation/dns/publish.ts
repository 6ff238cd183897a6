/** The records that a server publishes under its name, in the form of zone files, and whether that has been done. */
import { X509Certificate } from 'node:crypto';
import { isLoopback } from '../../address.ts';
import type { Config } from '../../config-shape.ts';
import { StartError } from '../../start-error.ts';
import type { NameAddress, NameLookup, NameRecords } from './lookup.ts';
import { keyHash } from './outer-tls.ts';
import { certificateName, isDnsName, serviceName, textName, textOf } from './records.ts';

export interface Publication {
  readonly name: string;
  /** The id of the server. */
  readonly server: string;
  /** The host that it runs on. */
  readonly target: string;
  readonly port: number;
  /** Of its certificate, in hex; undefined where none is known. */
  readonly key: string | undefined;
  /** A port that was assumed: that of a proxy with TLS. */
  readonly isPortAssumed: boolean;
}

export interface ZoneRecord {
  /** Without a dot at its end. */
  readonly name: string;
  readonly type: 'SRV' | 'TXT' | 'TLSA';
  readonly ttlS: number;
  readonly data: string;
}

/** What a command line says beyond the configuration. */
export interface PublicationOptions {
  readonly target?: string | undefined;
  readonly port?: number | undefined;
  /** The certificate that others see, in PEM. */
  readonly certificate?: string | Buffer | undefined;
}

const ttlS = 3_600;
const httpsPort = 443;

/** What the server of this configuration has to publish. Throws StartError when that cannot be told. */
export function publicationOf(
  { name, listen }: Pick<Config, 'name' | 'listen'>,
  server: string,
  { target = name, port, certificate }: PublicationOptions = {},
): Publication {
  if (name === undefined) throw new StartError('which name? give --name NAME, or name in the configuration');
  for (const host of [name, target])
    if (!isDnsName(host ?? '')) throw new StartError(`${host} is no name in DNS such as chat.example.org`);
  // Only this machine reaches it there: who else does comes through a proxy.
  const isPortAssumed = port === undefined && isLoopback(listen.host) && listen.tlsCert === undefined;
  const shown = port ?? (isPortAssumed ? httpsPort : listen.port);
  if (shown === 0) throw new StartError('which port? give --port PORT: the configuration leaves it to chance');
  const key = certificate === undefined ? undefined : keyOf(certificate);
  return { name, server, target: target ?? name, port: shown, key, isPortAssumed };
}

/** Of the first certificate in a chain. */
function keyOf(pem: string | Buffer): string {
  try {
    return keyHash(new X509Certificate(pem));
  } catch (cause) {
    throw new StartError(`the certificate cannot be read: ${(cause as Error).message}`, { cause });
  }
}

export function zoneRecords({ name, server, target, port, key }: Publication): ZoneRecord[] {
  const tlsa = { name: certificateName({ host: target, port }), type: 'TLSA', ttlS, data: `3 1 1 ${key}` } as const;
  return [
    { name: serviceName(name), type: 'SRV', ttlS, data: `10 5 ${port} ${target}.` },
    { name: textName(name), type: 'TXT', ttlS, data: `"${textOf(server)}"` },
    ...(key === undefined ? [] : [tlsa]),
  ];
}

export const zoneLine = ({ name, ttlS, type, data }: ZoneRecord): string => `${name}. ${ttlS} IN ${type} ${data}`;

export interface Finding {
  readonly about: 'TXT' | 'SRV' | 'TLSA' | 'DNSSEC';
  readonly isRight: boolean;
  readonly says: string;
}

/** Whether a publication is what DNS says, point by point; none when nobody could be asked. */
export async function checkPublication(
  publication: Publication,
  names: Pick<NameLookup, 'lookup'>,
): Promise<{ outcome: NameRecords['outcome']; findings: Finding[] }> {
  const { name, target, port } = publication;
  const records = await names.lookup(name);
  const { outcome, addresses } = records;
  if (outcome === 'unavailable') return { outcome, findings: [] };
  if (outcome === 'bogus') return { outcome, findings: [dnssec(outcome)] };
  if (outcome === 'none') return { outcome, findings: [text(publication, records)] };
  const own = addresses.find((address) => address.host === target && address.port === port);
  const findings = [text(publication, records), service(publication, addresses, own), dnssec(outcome)];
  const tls = certificate(publication, own, outcome);
  return { outcome, findings: tls ? [...findings, tls] : findings };
}

function text({ name, server }: Publication, { id, problem }: NameRecords): Finding {
  const at = textName(name);
  if (id === server) return { about: 'TXT', isRight: true, says: `${at} names this server` };
  const wrong = {
    several: `${at} has several ids: there must be one`,
    malformed: `${at} is not of the form “v=parley1; id=…”`,
  };
  const missing = problem ? wrong[problem] : `${at} is not published`;
  return { about: 'TXT', isRight: false, says: id === undefined ? missing : `${at} names another server: ${id}` };
}

function service(
  { name, target, port }: Publication,
  addresses: readonly NameAddress[],
  own: NameAddress | undefined,
): Finding {
  const at = serviceName(name);
  if (own) return { about: 'SRV', isRight: true, says: `${at} leads to ${target}:${port}` };
  const others = addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
  const says = others === '' ? `${at} is not published` : `${at} leads to ${others}, not to ${target}:${port}`;
  return { about: 'SRV', isRight: false, says };
}

function dnssec(outcome: 'validated' | 'unsigned' | 'bogus'): Finding {
  const says = {
    validated: 'the resolver has validated the name',
    unsigned:
      'nobody vouches for the name: the zone is not signed, or the resolver does not validate, or is not trusted',
    bogus: 'the signatures of the zone are wrong: others refuse the name',
  };
  return { about: 'DNSSEC', isRight: outcome === 'validated', says: says[outcome] };
}

/** Keys count only where they are validated. */
function certificate(
  { target, port, key }: Publication,
  own: NameAddress | undefined,
  outcome: NameRecords['outcome'],
): Finding | undefined {
  if (!own || outcome !== 'validated' || (key === undefined && own.tlsa.length === 0)) return undefined;
  const at = certificateName({ host: target, port });
  if (key === undefined)
    return {
      about: 'TLSA',
      isRight: false,
      says: `${at} names a key, and no certificate is known here: give --cert FILE`,
    };
  if (own.tlsa.includes(key)) return { about: 'TLSA', isRight: true, says: `${at} names the key of the certificate` };
  const says =
    own.tlsa.length === 0
      ? `${at} is not published`
      : `${at} names another key: nobody reaches this server by its name`;
  return { about: 'TLSA', isRight: false, says };
}
