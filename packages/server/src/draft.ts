/** What somebody wants to do in a room, before it is an act, and what comes of it. */
import { type ErrorCode, encodeCbor, type MessageRef, type Position, Refusal } from '@parley/protocol';
import { type Act, type Crypto, type Part, refOf, saltBytes } from '@parley/room';
import type { Runtime } from './runtime.ts';
import type { PersonRecord } from './store/user.ts';

/** An act before it is hashed: who does what, with which words. */
export interface Draft {
  author: PersonRecord;
  device: string;
  clientId: string;
  kind: string;
  target?: MessageRef;
  data?: Record<string, unknown>;
  body?: unknown;
  /** The person in `data.subject`. */
  subject?: PersonRecord;
  mentioned?: readonly PersonRecord[];
  /** An act of the clerk for somebody: imports, with the time it was said. */
  clerk?: { at?: number };
}

export interface Entered {
  type: 'entry';
  term: number;
  seq: number;
  at: number;
  /** It stood there already: this is a resend. */
  again: boolean;
}

export type Outcome =
  | Entered
  /** Kept until the clerk of the room, another server, has decided. */
  | { type: 'queued' }
  | { type: 'refused'; code: ErrorCode; retryAfterMs?: number };

/** The act of a draft, with its content: salts are drawn here, once. */
export function makeAct(
  { crypto, runtime }: { crypto: Crypto; runtime: Pick<Runtime, 'randomBytes'> },
  room: string | null,
  { author, device, clientId, kind, target, data, body }: Draft,
): { act: Act; parts: Part[] } {
  const parts: Part[] = body === undefined ? [] : [{ salt: runtime.randomBytes(saltBytes), bytes: encodeCbor(body) }];
  const act: Act = { room, user: author.id, device, clientId, kind, parts: parts.map((part) => refOf(crypto, part)) };
  if (target) act.target = { user: target.user, clientId: target.clientId };
  if (data) act.data = data;
  return { act, parts };
}

export function refusalOf(outcome: Outcome | undefined): Refusal {
  if (outcome?.type !== 'refused') return new Refusal('internal');
  const { code, retryAfterMs } = outcome;
  return new Refusal(code, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** What stands already. */
export function again({ term, seq }: Position, at: number, again = true): Entered {
  return { type: 'entry', term, seq, at, again };
}
