/** What somebody wants to do in a room, before it is an act, and what comes of it. */
import { type ErrorCode, type MessageRef, Refusal } from '@parley/protocol';
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

export type Outcome = Entered | { type: 'refused'; code: ErrorCode; retryAfterMs?: number };

export function refusalOf(outcome: Outcome | undefined): Refusal {
  if (outcome?.type !== 'refused') return new Refusal('internal');
  const { code, retryAfterMs } = outcome;
  return new Refusal(code, retryAfterMs === undefined ? {} : { retryAfterMs });
}
