/** What the records of a server say: its id (TXT), where it is (SRV), and the key of its certificate there (TLSA). */
import { check, serverId } from '@parley/protocol';
import type { ResourceRecord } from './message.ts';

export interface Target {
  /** A host name in lower case. */
  readonly host: string;
  readonly port: number;
  /** The lowest is tried first. */
  readonly priority: number;
  /** Among those of one priority, the share of those who try it first. */
  readonly weight: number;
}

/** Where a server may be: no more are looked at. */
export const maxTargets = 8;
const maxKeys = 8;
/** Above it, no TXT record is meant. */
const maxTextBytes = 255;

const host = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const version = 'v=parley1';
/** Room for `_parley._tcp.` before it. */
const maxNameLength = 240;

/** Whether a server can have this name in DNS: a host name in lower case, of several labels, that is no address. */
export const isDnsName = (name: string): boolean =>
  name.length <= maxNameLength && name.includes('.') && host.test(name);

export const textName = (name: string): string => `_parley.${name}`;
export const serviceName = (name: string): string => `_parley._tcp.${name}`;
/** [RFC 6698 §3] */
export const certificateName = ({ host, port }: Pick<Target, 'host' | 'port'>): string => `_${port}._tcp.${host}`;

export const textOf = (id: string): string => `${version}; id=${id}`;

/** The id that the TXT records name, or why they name none: there is no record of this kind, more than one, or a wrong one. */
export function idIn(
  records: readonly ResourceRecord[],
): { id: string } | { problem: 'none' | 'several' | 'malformed' } {
  const texts = records.map(textIn).filter((text) => text !== undefined && /^v=parley1($|[;\s])/.test(text));
  const [text] = texts;
  if (text === undefined) return { problem: 'none' };
  if (texts.length > 1) return { problem: 'several' };
  const id = /^v=parley1; id=([^; ]+)$/.exec(text)?.[1];
  return id !== undefined && check(serverId, id).ok ? { id } : { problem: 'malformed' };
}

/** A record may come in pieces; they are one text [RFC 7208 §3.3 says the same of its own]. */
function textIn(record: ResourceRecord): string | undefined {
  if (record.type !== 'TXT') return undefined;
  const pieces = [record.data].flat().map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece));
  const bytes = Buffer.concat(pieces);
  return bytes.length <= maxTextBytes ? bytes.toString('latin1') : undefined;
}

/** The targets of SRV records, those of a lower priority first. A target `.` means that there is no such service [RFC 2782]. */
export function targetsIn(records: readonly ResourceRecord[]): Target[] {
  const targets = records.flatMap((record) => {
    if (record.type !== 'SRV') return [];
    const { port, priority = 0, weight = 0 } = record.data;
    const target = record.data.target.toLowerCase();
    return host.test(target) && port > 0 ? [{ host: target, port, priority, weight }] : [];
  });
  return targets.sort((a, b) => a.priority - b.priority).slice(0, maxTargets);
}

/** The order in which to try targets: by priority, within one by chance, each by its weight [RFC 2782]. */
export function inOrder<T extends Target>(targets: readonly T[], random: () => number): T[] {
  const ordered: T[] = [];
  for (const group of Map.groupBy(targets, ({ priority }) => priority).values()) {
    // Those of weight 0 come first, so that they have a chance at all.
    const left = group.sort((a, b) => a.weight - b.weight);
    while (left.length > 0) ordered.push(...left.splice(drawn(left, random), 1));
  }
  return ordered.sort((a, b) => a.priority - b.priority);
}

function drawn(targets: readonly Target[], random: () => number): number {
  const sum = targets.reduce((total, { weight }) => total + weight, 0);
  const mark = Math.floor(random() * (sum + 1));
  let reached = 0;
  return targets.findIndex(({ weight }) => {
    reached += weight;
    return reached >= mark;
  });
}

/**
 * SHA-256 of the public keys, in lower-case hex, that TLSA records of the kind 3 1 1 name: the certificate itself, its
 * key, hashed [RFC 7671 §5.1]. Other kinds are not usable here, and count as absent.
 */
export function keysIn(records: readonly ResourceRecord[]): string[] {
  const keys = records.flatMap((record) => {
    if (record.type !== 'TLSA') return [];
    const { usage, selector, matchingType, certificate } = record.data;
    const isUsable = usage === 3 && selector === 1 && matchingType === 1 && certificate.length === 32;
    return isUsable ? [certificate.toString('hex')] : [];
  });
  return keys.slice(0, maxKeys);
}
