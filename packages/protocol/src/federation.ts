/**
 * What servers say to each other, over a link that has proven who is at its ends. A frame is a CBOR array of its name
 * and its payload. A frame whose name is unknown comes from a newer server and is passed over; unknown fields too.
 */
import { decodeCbor, encodeCbor } from './cbor.ts';
import { Refusal } from './error.ts';
import { check, count, type Infer, integer, line, list, pattern, type Schema, view } from './field.ts';

export const federationVersion = 1;
export const federationSubprotocol = 'parley.federation.v1';

/** Nesting of arrays and maps in a frame, the frame itself included. */
const depth = 8;

/** A host name in lower case: what a server claims to be called. */
export const serverName = pattern(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);

export interface FrameType<P = unknown> {
  kind: 'frame';
  about: string;
  from: 'server';
  payload: Schema<P>;
}

function frame<P extends Schema<unknown>>(definition: { about: string; payload: P }): FrameType<Infer<P>> {
  return { kind: 'frame', from: 'server', about: definition.about, payload: definition.payload as Schema<Infer<P>> };
}

export const federation = {
  hello: frame({
    about: 'First on every link, from both sides. The highest version that both know holds; without one the link ends.',
    payload: view({
      versions: list(integer(1, 65_535), 8),
      /** Claimed, and proven by nothing. */
      name: serverName,
      features: list(line(32), 64),
    }),
  }),
  ping: frame({ about: 'Asks for a sign of life: a pong with the same number.', payload: view({ n: count() }) }),
  pong: frame({ about: 'Answers a ping.', payload: view({ n: count() }) }),
};
export type Federation = typeof federation;

export type FrameName = keyof Federation;
export type FramePayload<N extends FrameName> = Federation[N] extends FrameType<infer P> ? P : never;
/** A frame as it arrives; told apart by `frame`. */
export type FederationFrame = { [N in FrameName]: { frame: N; payload: FramePayload<N> } }[FrameName];

export function encodeFederationFrame<N extends FrameName>(name: N, payload: FramePayload<N>): Uint8Array {
  return encodeCbor([name, payload]);
}

/** Reads a frame; undefined when its name is unknown. Throws `Refusal('bad-frame')` when it is malformed. */
export function decodeFederationFrame(bytes: Uint8Array): FederationFrame | undefined {
  const value = decodeCbor(bytes, depth);
  if (!Array.isArray(value) || value.length !== 2) throw new Refusal('bad-frame');
  const [name, payload] = value as unknown[];
  if (typeof name !== 'string' || name.length > 64) throw new Refusal('bad-frame');
  if (!Object.hasOwn(federation, name)) return undefined;
  const checked = check<unknown>(federation[name as FrameName].payload, payload);
  if (!checked.ok) throw new Refusal('bad-frame', { field: checked.field });
  return { frame: name, payload: checked.value } as FederationFrame;
}
