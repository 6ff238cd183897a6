/**
 * The clerk: an act in, an entry or a refusal out; for an act of another server's person a refusal is an entry too, a
 * tombstone. `step` changes the state as if the entry were stored; the caller
 * commits it with a compare-and-set on the head and drops the state when that fails.
 */
import { type ErrorCode, isKind, type Position, serverOf } from '@parley/protocol';
import { type Act, clerkUser, encodeAct } from './act.ts';
import { refusalOf } from './allowed.ts';
import type { Crypto } from './crypto.ts';
import { type Envelope, encodeStamp, hashOfEnvelope, type Stamp } from './envelope.ts';
import { fold, heir } from './fold.ts';
import { encodeHeader, type Header, hashOfOutcome, nextChain, type What } from './header.ts';
import { order } from './order.ts';
import type { RoomState } from './state.ts';

export type Tombstone = What & { type: 'tombstone' };

/** What only the clerk can know, looked up before the step. */
export interface Facts {
  /** The message or reaction that the act names, as it stands now; undefined when there is none. */
  target?: { kind: string; gone: boolean };
}

export interface EnvelopeFacts extends Facts {
  /** Where this was done already: the entry or tombstone of its user and clientId, the same reaction, the same pin. */
  standing?: Position;
  /** What else speaks against it that no header tells: a limit, a name that is taken, a part that is too large. */
  refused?: ErrorCode;
}

export type Input =
  /** An act of a person of this server. */
  | { type: 'act'; act: Act; facts: Facts; after: Position }
  /** An act of a person of another server that is the next of its origin; with the signature when it ends its batch. */
  | (Envelope & { type: 'envelope'; facts: EnvelopeFacts; signature: Uint8Array | null })
  /** A refusal of the next envelope of its origin that this log held before it was set back; the act is not at hand. */
  | { type: 'tombstone'; tombstone: Tombstone }
  /** An act of the clerk itself; imports carry the time they were said. */
  | { type: 'clerk'; act: Act; at?: number }
  /** Nothing but what is due. */
  | { type: 'due' };

export interface Appended {
  header: Header;
  headerBytes: Uint8Array;
}
export interface Stepped {
  /** In order: endings that were due, the act's own entry, an heir. */
  entries: Appended[];
  /** The outcome of the input itself; undefined for `due` and `tombstone`. */
  outcome?:
    | { type: 'entry'; pos: Position; at: number }
    /** At home: nothing was appended. */
    | { type: 'refused'; code: ErrorCode; retryAfterMs?: number }
    /** Of another server's act: refused, and the refusal stands in the log. */
    | {
        type: 'tombstone';
        pos: Position;
        at: number;
        code: ErrorCode;
        retryAfterMs?: number;
        /** Of a `duplicate`: where that stands which was done before. */
        duplicateOf?: Position;
      };
}

/** Slow mode keeps the last post of this many people; those beyond it are let through. */
const slowModePeople = 10_000;

/**
 * Runs one input. An envelope that {@link order} does not call `next` is a mistake of the caller and throws, as does a
 * clerk's act that the fold forbids.
 */
export function step(state: RoomState, input: Input, now: number, crypto: Crypto): Stepped {
  if (input.type === 'envelope') assertNext(state, input.stamp, hashOfEnvelope(crypto, input));
  if (input.type === 'tombstone') assertNext(state, input.tombstone.stamp, hashOfOutcome(crypto, input.tombstone)!);
  const entries: Appended[] = [];
  for (const key of dueKeys(state, now)) entries.push(appendClerk(state, ending(state, key), now, crypto));
  if (input.type === 'due') return { entries };
  if (input.type === 'tombstone') return { entries: [...entries, append(state, input.tombstone, now, crypto)] };
  const refused = input.type === 'clerk' ? undefined : refusal(state, input, now);
  if (refused && input.type === 'act') return { entries, outcome: { type: 'refused', ...refused } };
  const own = appendInput(state, input, refused, now, crypto);
  entries.push(own);
  const { pos, at } = own.header;
  if (refused) return { entries, outcome: { type: 'tombstone', pos, at, ...refused } };
  if (input.type !== 'clerk' && input.act.kind === 'message') notePost(state, input.act.user, now);
  const next = changesRoles.has(input.act.kind) ? heir(state) : undefined;
  if (next !== undefined)
    entries.push(appendClerk(state, clerkAct(state, 'role', { subject: next, role: 'owner' }), now, crypto));
  return { entries, outcome: { type: 'entry', pos, at } };
}

function assertNext(state: RoomState, stamp: Stamp, hash: Uint8Array): void {
  const { type } = order(state, stamp, hash);
  if (type !== 'next' || stamp.origin === state.clerk) throw new Error(`an envelope out of its turn: ${type}`);
}

/** After these the last owner may be gone; looking for one among thousands of members at every message would be dear. */
const changesRoles = new Set(['member', 'role']);

/** The earliest time at which {@link step} has something due, or undefined. */
export function nextDue(state: RoomState): number | undefined {
  let first: number | undefined;
  for (const at of state.due.values()) if (first === undefined || at < first) first = at;
  return first;
}

interface Refused {
  code: ErrorCode;
  retryAfterMs?: number;
  duplicateOf?: Position;
}

/** Home acts of unknown kinds are refused at the door; those of another server may be of a later version, and fold to nothing. */
function refusal(state: RoomState, input: Input & { type: 'act' | 'envelope' }, now: number): Refused | undefined {
  const { act, facts } = input;
  if (input.type === 'envelope') {
    if (serverOf(act.user) !== input.stamp.origin) return { code: 'forbidden' };
    if (input.facts.standing) return { code: 'duplicate', duplicateOf: input.facts.standing };
  }
  const code = refusalOf(state, act);
  if (code) return { code };
  if (input.type === 'act' && (!isKind(act.kind) || act.kind === 'create')) return { code: 'forbidden' };
  const wanted = targetKind(act.kind);
  if (wanted && (facts.target?.kind !== wanted || facts.target.gone)) return { code: 'unknown-target' };
  if (input.type === 'envelope' && input.facts.refused) return { code: input.facts.refused };
  if (act.kind === 'message' && state.settings.slowModeMs > 0) {
    const role = state.members.get(act.user)?.role;
    const waitMs = (state.lastPostAt.get(act.user) ?? 0) + state.settings.slowModeMs - now;
    if (waitMs > 0 && (role === 'member' || role === 'guest')) return { code: 'too-fast', retryAfterMs: waitMs };
  }
  return undefined;
}

/** The kind of entry that an act of this kind must name; undefined for acts without a target. */
export function targetKind(kind: string): 'message' | 'react' | undefined {
  if (kind === 'unreact') return 'react';
  return kind === 'edit' || kind === 'redact' || kind === 'react' || kind === 'pin' || kind === 'unpin'
    ? 'message'
    : undefined;
}

function notePost(state: RoomState, user: string, now: number): void {
  if (state.settings.slowModeMs === 0) return;
  state.lastPostAt.delete(user);
  state.lastPostAt.set(user, now);
  if (state.lastPostAt.size > slowModePeople) state.lastPostAt.delete(state.lastPostAt.keys().next().value!);
}

/** Restrictions whose time is over, earliest first. */
function dueKeys(state: RoomState, now: number): string[] {
  const due: [string, number][] = [];
  for (const entry of state.due) if (entry[1] <= now) due.push(entry);
  return due.sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).map(([key]) => key);
}

/** Made when its turn comes: its clientId is its place. */
function ending(state: RoomState, key: string): Act {
  const subject = key.slice(key.indexOf('/') + 1);
  return key.startsWith('mute/')
    ? clerkAct(state, 'unmute', { subject })
    : clerkAct(state, 'member', { change: 'unban', subject });
}

/** An act of the clerk itself; its clientId is its place, so it is unique without chance. */
export function clerkAct(state: RoomState, kind: string, data: unknown): Act {
  const clientId = `clerk:${state.head.term}:${state.head.seq + 1}:${kind}`;
  return { room: state.id, user: clerkUser(state.clerk), device: '', clientId, kind, data, parts: [] };
}

function appendInput(
  state: RoomState,
  input: Exclude<Input, { type: 'due' | 'tombstone' }>,
  refused: Refused | undefined,
  now: number,
  crypto: Crypto,
): Appended {
  if (input.type === 'act') return appendAct(state, input.act, input.after, now, crypto);
  if (input.type === 'clerk') return appendClerk(state, input.act, input.at ?? now, crypto);
  const { stamp, stampBytes, act, actBytes, signature } = input;
  if (!refused) return append(state, { type: 'envelope', stamp, stampBytes, act, actBytes, signature }, now, crypto);
  const { user, clientId } = act;
  const { code, duplicateOf } = refused;
  const actHash = crypto.sha256(actBytes);
  const what: What = { type: 'tombstone', stamp, stampBytes, actHash, user, clientId, code, signature };
  if (duplicateOf) what.duplicateOf = duplicateOf;
  return append(state, what, now, crypto);
}

function appendAct(state: RoomState, act: Act, after: Position, now: number, crypto: Crypto): Appended {
  const origin = state.origins.get(state.clerk);
  const stamp: Stamp = {
    origin: state.clerk,
    incarnation: origin?.incarnation ?? 0,
    oseq: (origin?.oseq ?? 0) + 1,
    prev: origin?.hash ?? new Uint8Array(32),
    after,
  };
  const actBytes = encodeAct(act);
  const what: What = { type: 'envelope', stamp, stampBytes: encodeStamp(stamp), act, actBytes, signature: null };
  return append(state, what, now, crypto);
}

function appendClerk(state: RoomState, act: Act, at: number, crypto: Crypto): Appended {
  return append(state, { type: 'clerk', act, actBytes: encodeAct(act) }, at, crypto);
}

function append(state: RoomState, what: What, at: number, crypto: Crypto): Appended {
  const header: Header = { pos: { term: state.head.term, seq: state.head.seq + 1 }, at, what };
  const headerBytes = encodeHeader(header);
  const refused = fold(state, header, nextChain(crypto, state.chain, headerBytes), hashOfOutcome(crypto, what));
  if (refused) throw new Error(`the clerk appended what it refuses: ${refused}`);
  return { header, headerBytes };
}
