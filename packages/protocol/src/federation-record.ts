/**
 * The record of a server: who it is and where it is found, signed by itself, so that whoever hands it on can leave it
 * out but not change it. On the wire it is the CBOR of `[body, signature]`, where the body is the CBOR of the array that
 * {@link serverRecordBody} makes; both are kept and handed on byte for byte.
 */
import { toBase32 } from './base32.ts';
import { decodeCanonical, encodeCbor } from './cbor.ts';
import { Refusal } from './error.ts';
import { frame, question } from './federation-define.ts';
import { serverName } from './federation-link.ts';
import { bytes, check, count, type Infer, list, nullable, optional, pattern, record, view } from './field.ts';
import { idBytes, serverId, serverIdBytes } from './id.ts';
import { limits } from './limits.ts';
import { peerUrl } from './peer.ts';

const label = 'parley server record v1';
/** Fields of the body that this version knows; a newer one may add some. */
const knownFields = 9;
const mostFields = 16;

/** What a server can do, or a door that it opens, as one word. */
export const feature = pattern(/^[a-z0-9][a-z0-9.-]{0,31}$/);
export const networkName = pattern(/^[a-z0-9-]{1,64}$/);

export const relay = record({
  /** The server that passes frames on. */
  server: serverId,
  url: peerUrl,
});
export type Relay = Infer<typeof relay>;

const fields = record({
  network: networkName,
  server: serverId,
  /** Of two records of a server the higher one counts: Unix ms, or one more than the last. */
  version: count(),
  /** Unix ms. */
  expiresAt: count(),
  /** Claimed, and proven by nothing. */
  name: nullable(serverName),
  /** Where it is dialled; none for a server that others cannot reach. */
  addresses: list(peerUrl, limits.serverAddresses),
  /** Servers through which it is reached. */
  relays: list(relay, limits.serverRelays),
  features: list(feature, limits.serverFeatures),
});
export type ServerRecord = Infer<typeof fields>;

/** What a server signs: a canonical CBOR array [RFC 8949 §4.2.1]. */
export function serverRecordBody(record: ServerRecord): Uint8Array {
  const { network, server, version, expiresAt, name, addresses, relays, features } = record;
  const relayed = relays.map(({ server, url }) => [idBytes(server), url]);
  return encodeCbor([label, network, idBytes(server), version, expiresAt, name, addresses, relayed, features]);
}

export function sealServerRecord(body: Uint8Array, signature: Uint8Array): Uint8Array {
  return encodeCbor([body, signature]);
}

export interface ReadServerRecord {
  record: ServerRecord;
  /** What the signature covers. */
  body: Uint8Array;
  /** Not checked yet. */
  signature: Uint8Array;
}

/** Reads a record and checks its form, but not its signature nor its times. Throws `Refusal('bad-frame')`. */
export function readServerRecord(sealed: Uint8Array): ReadServerRecord {
  if (sealed.length > limits.serverRecordBytes) throw new Refusal('bad-frame');
  const [body, signature, ...rest] = listOf(decodeCanonical(sealed, 1));
  if (!(body instanceof Uint8Array) || !(signature instanceof Uint8Array)) throw new Refusal('bad-frame');
  if (signature.length !== 64 || rest.length > 0) throw new Refusal('bad-frame');
  const parts = listOf(decodeCanonical(body, 6));
  const [says, network, server, version, expiresAt, name, addresses, relays, features] = parts;
  if (says !== label || parts.length < knownFields || parts.length > mostFields) throw new Refusal('bad-frame');
  const checked = check(fields, {
    network,
    server: idOf(server),
    version,
    expiresAt,
    name,
    addresses,
    relays: listOf(relays).map((each) => {
      const [server, url, ...rest] = listOf(each);
      return rest.length > 0 ? undefined : { server: idOf(server), url };
    }),
    features,
  });
  if (!checked.ok) throw new Refusal('bad-frame', { field: checked.field });
  const urls = [...checked.value.addresses, ...checked.value.relays.map(({ url }) => url)];
  if (urls.some((url) => URL.parse(url)?.origin !== url)) throw new Refusal('bad-frame', { field: 'addresses' });
  return { record: checked.value, body, signature };
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Refusal('bad-frame');
  return value;
}

function idOf(value: unknown): string {
  if (!(value instanceof Uint8Array) || value.length !== serverIdBytes) throw new Refusal('bad-frame');
  return toBase32(value);
}

export const recordFrames = {
  record: frame({
    about:
      'Records of servers, for passing on: first that of the sender itself, then of those it knows to be alive, each version once on a link. Those that cannot be believed are passed over.',
    payload: view({ records: list(bytes(limits.serverRecordBytes), limits.serverRecordsPage) }),
  }),
};

export const recordQuestions = {
  find: question({
    about: 'The record of a server, if the other side holds one.',
    payload: view({ server: serverId }),
    reply: view({ record: optional(bytes(limits.serverRecordBytes)) }),
  }),
};
