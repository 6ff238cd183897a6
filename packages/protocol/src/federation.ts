/**
 * What servers say to each other, over a link that has proven who is at its ends. A frame is a CBOR array of its name
 * and its payload. A frame whose name is unknown comes from a newer server and is passed over; unknown fields too. A
 * question of an unknown name is answered `unknown-request`.
 */
import { decodeCbor, encodeCbor } from './cbor.ts';
import { Refusal } from './error.ts';
import { channelFrames } from './federation-channel.ts';
import { circuitFrames, circuitQuestions } from './federation-circuit.ts';
import type { FrameType, QuestionType } from './federation-define.ts';
import { keyQuestions } from './federation-key.ts';
import { linkFrames } from './federation-link.ts';
import { recordFrames, recordQuestions } from './federation-record.ts';
import { roomFrames, roomQuestions } from './federation-room.ts';
import { check } from './field.ts';

export const federationVersion = 1;
export const federationSubprotocol = 'parley.federation.v1';

/** Nesting of arrays and maps in a frame, the frame itself included. */
const depth = 8;

export const federation = { ...linkFrames, ...recordFrames, ...roomFrames, ...channelFrames, ...circuitFrames };
export type Federation = typeof federation;

/** Each part of the federation spreads its own in. */
export const questions = { ...recordQuestions, ...roomQuestions, ...keyQuestions, ...circuitQuestions };
export type Questions = typeof questions;

export type FrameName = keyof Federation;
export type FramePayload<N extends FrameName> = Federation[N] extends FrameType<infer P> ? P : never;
/** A frame as it arrives; told apart by `frame`. */
export type FederationFrame = { [N in FrameName]: { frame: N; payload: FramePayload<N> } }[FrameName];

export type QuestionName = keyof Questions;
export type QuestionPayload<Q extends QuestionName> = Questions[Q] extends QuestionType<infer P, unknown> ? P : never;
export type QuestionReply<Q extends QuestionName> = Questions[Q] extends QuestionType<unknown, infer R> ? R : never;

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
