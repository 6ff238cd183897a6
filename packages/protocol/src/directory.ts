/**
 * What servers and a directory say to each other: frames of `codec.ts` in CBOR, over a WebSocket of its own subprotocol.
 * A directory passes on what servers sign; it can leave out, but not forge, and signs nothing.
 */
import { encodeCbor } from './cbor.ts';
import type { ErrorCode } from './error.ts';
import { networkName } from './federation-record.ts';
import { bytes, count, flag, type Infer, integer, line, list, optional, record, type Schema, view } from './field.ts';
import { serverId } from './id.ts';
import { limits } from './limits.ts';

export const directoryVersion = 1;
export const directorySubprotocol = 'parley.directory.v1';
export const directoryPath = '/directory';

export interface DirectoryRequestType<P = unknown, R = unknown> {
  kind: 'request';
  about: string;
  payload: Schema<P>;
  reply: Schema<R>;
  errors: readonly ErrorCode[];
}
export interface DirectoryEventType<P = unknown> {
  kind: 'event';
  about: string;
  payload: Schema<P>;
}

function request<P extends Schema<unknown>, R extends Schema<unknown>>(definition: {
  about: string;
  payload: P;
  reply: R;
  errors?: readonly ErrorCode[];
}): DirectoryRequestType<Infer<P>, Infer<R>> {
  const { about, payload, reply, errors = [] } = definition;
  return {
    kind: 'request',
    about,
    payload: payload as Schema<Infer<P>>,
    reply: reply as Schema<Infer<R>>,
    errors,
  };
}

function event<P extends Schema<unknown>>(definition: { about: string; payload: P }): DirectoryEventType<Infer<P>> {
  return { kind: 'event', about: definition.about, payload: definition.payload as Schema<Infer<P>> };
}

const sealed = bytes(limits.serverRecordBytes);

export const directoryEntry = view({
  /** Grows with every change in the directory, so that a list goes on where it ended. */
  revision: count(),
  record: sealed,
  /** Whether the server is connected to the directory. */
  present: flag(),
  /** When the directory heard of it first, and last; Unix ms. */
  joinedAt: count(),
  seenAt: count(),
});
export type DirectoryEntry = Infer<typeof directoryEntry>;

export const directory = {
  hello: request({
    about: 'First on every connection. The highest version that both know holds.',
    payload: record({ versions: list(integer(1, 65_535), 8) }),
    reply: view({
      version: integer(1, 65_535),
      network: networkName,
      /** Another one than before: revisions are counted anew, and a list starts from 0. */
      book: line(32),
      /** For the proof of an announcement on this connection. */
      challenge: bytes(32),
      /** Where the directory sees the connection come from: an IP address. */
      from: optional(line(64)),
    }),
    errors: ['unsupported-version'],
  }),
  announce: request({
    about:
      'Tells of the server itself, which is present from then on, as long as the connection lasts. The proof is a signature by its key, see `directoryProof`. A record that is not newer than the one held is refused with that one, whose version is to be exceeded; the very same one is accepted.',
    payload: record({ record: sealed, proof: bytes(64) }),
    reply: view({ accepted: flag(), newest: optional(sealed) }),
    errors: ['bad-challenge', 'too-many'],
  }),
  list: request({
    about: 'Servers that changed after a revision, in the order of their last change.',
    payload: record({ since: count(), limit: integer(1, limits.directoryPage) }),
    reply: view({ entries: list(directoryEntry, limits.directoryPage), more: flag() }),
  }),
  watch: request({
    about: 'Has every change from now on pushed; the reply holds the revision that they follow.',
    payload: record({}),
    reply: view({ revision: count() }),
  }),
  joined: event({ about: 'A server is there that was not.', payload: directoryEntry }),
  changed: event({ about: 'A server that is there has a newer record.', payload: directoryEntry }),
  left: event({
    about: 'A server went, or its record expired. What it signed holds until it expires.',
    payload: view({ revision: count(), server: serverId, seenAt: count() }),
  }),
};
export type Directory = typeof directory;

type NamesOf<Kind> = { [N in keyof Directory]: Directory[N] extends Kind ? N : never }[keyof Directory];
export type DirectoryRequest = NamesOf<DirectoryRequestType>;
export type DirectoryEventName = NamesOf<DirectoryEventType>;
export type DirectoryPayload<N extends keyof Directory> = Directory[N] extends { payload: Schema<infer P> } ? P : never;
export type DirectoryReply<N extends DirectoryRequest> = Directory[N] extends { reply: Schema<infer R> } ? R : never;
/** An event as it arrives; told apart by `event`. */
export type DirectoryEvent = {
  [N in DirectoryEventName]: { event: N; payload: DirectoryPayload<N> };
}[DirectoryEventName];

/** What a server signs to announce itself: the directory's challenge and the record as it is sent. */
export function directoryProof(challenge: Uint8Array, record: Uint8Array): Uint8Array {
  return encodeCbor(['parley directory announcement v1', challenge, record]);
}
