/**
 * What somebody does, as it is hashed and signed: an array in canonical CBOR, so there is nothing to sort and one spelling
 * only. `data` holds all that the fold needs; words are parts.
 */
import {
  decodeCanonical,
  encodeCbor,
  idBytes,
  type MessageRef,
  Refusal,
  serverIdBytes,
  toBase32,
  userBytes,
  userFromBytes,
} from '@parley/protocol';
import type { Crypto } from './crypto.ts';
import type { PartRef } from './part.ts';

export interface Act {
  /** Null in the Create act: the room's id is made of it. */
  room: string | null;
  user: string;
  /** The session that made it; empty for the clerk's own acts. */
  device: string;
  clientId: string;
  kind: string;
  target?: MessageRef;
  data?: unknown;
  epoch?: number;
  parts: readonly PartRef[];
  deviceSig?: Uint8Array;
}

const maxDepth = 8;

/** Canonical bytes of an act; what is hashed is always these bytes as they were received. */
export function encodeAct(act: Act): Uint8Array {
  const user = userBytes(act.user);
  const target = act.target && userBytes(act.target.user);
  return encodeCbor([
    act.room === null ? null : idBytes(act.room),
    user.server,
    user.account,
    act.device,
    act.clientId,
    act.kind,
    act.target && target ? [target.server, target.account, act.target.clientId] : null,
    act.data ?? null,
    act.epoch ?? null,
    act.parts.map((part) => [part.hash, part.size]),
    act.deviceSig ?? null,
  ]);
}

/** Bytes to a value of at most so many levels: any spelling, or only the canonical one. */
export type Decode = (bytes: Uint8Array, maxDepth: number) => unknown;

/** Reads an act; throws `Refusal('bad-frame')` for any other form. Unknown trailing fields are of a later version: kept, unread. */
export function decodeAct(bytes: Uint8Array, decode: Decode = decodeCanonical): Act {
  const fields = list(decode(bytes, maxDepth), 11);
  const [room, server, account, device, clientId, kind, target, data, epoch, parts, deviceSig] = fields;
  const act: Act = {
    room: room === null ? null : toBase32(hash(room)),
    user: userFromBytes(hash(server), sized(account, 10)),
    device: word(device, 64),
    clientId: clientIdOf(clientId),
    kind: word(kind, 32),
    parts: list(parts, 0).map((part) => {
      const [digest, size] = list(part, 2);
      return { hash: hash(digest), size: whole(size) };
    }),
  };
  if (target !== null) {
    const [targetServer, targetAccount, targetClientId] = list(target, 3);
    act.target = {
      user: userFromBytes(hash(targetServer), sized(targetAccount, 10)),
      clientId: clientIdOf(targetClientId),
    };
  }
  if (data !== null) act.data = data;
  if (epoch !== null) act.epoch = whole(epoch);
  if (deviceSig !== null) act.deviceSig = sized(deviceSig, 64);
  return act;
}

/** The id of the room that a Create act makes: H(label, the act without its room). */
export function roomIdOf(crypto: Crypto, createAct: Uint8Array): string {
  return toBase32(crypto.sha256(encodeCbor(['parley room v1', createAct])));
}

/** The user that stands for a server itself in its own acts. */
export const clerkUser = (server: string): string => `${'a'.repeat(16)}.${server}`;

export const hash = (value: unknown): Uint8Array => sized(value, serverIdBytes);

export function sized(value: unknown, length: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) throw new Refusal('bad-frame');
  return value;
}

export function word(value: unknown, max: number): string {
  if (typeof value !== 'string' || value.length > max) throw new Refusal('bad-frame');
  return value;
}

/** The form that the protocol gives to names of acts: they become part of keys. */
const clientIdForm = /^[A-Za-z0-9._:-]{1,64}$/;

export function clientIdOf(value: unknown): string {
  if (typeof value !== 'string' || !clientIdForm.test(value)) throw new Refusal('bad-frame');
  return value;
}

export function whole(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Refusal('bad-frame');
  return value as number;
}

export function list(value: unknown, atLeast: number): unknown[] {
  if (!Array.isArray(value) || value.length < atLeast || value.length > atLeast + 16) throw new Refusal('bad-frame');
  return value;
}
