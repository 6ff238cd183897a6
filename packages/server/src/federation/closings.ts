/** The clerk's signed word that a server has nobody in a room, and what of that server's outbox it settles. */
import { type ErrorCode, isErrorCode, type MemberChange, type QuestionReply } from '@parley/protocol';
import {
  type Act,
  type Closing,
  type Crypto,
  decodeAct,
  nothingYet,
  type RoomState,
  signClosing,
  verifyClosing,
} from '@parley/room';
import type { OutboxRow } from '../store/entry-outbox.ts';
import { isAfter } from './stamping.ts';

type Submitted = QuestionReply<'submit'>;

/** What a server without members may still do in a room. */
const fromOutside: ReadonlySet<MemberChange> = new Set(['join', 'knock', 'decline', 'withdraw']);

export const isFromOutside = ({ kind, data }: Pick<Act, 'kind' | 'data'>): boolean =>
  kind === 'member' && fromOutside.has((data as { change: MemberChange }).change);

/** Answers a batch that gets no outcome. */
export function closing(crypto: Crypto, state: RoomState, origin: string, code: ErrorCode): Submitted {
  const cursor = state.origins.get(origin);
  const { signature } = signClosing(crypto, state.network, {
    room: state.id,
    origin,
    highest: cursor ?? nothingYet,
    code,
  });
  return { cursor: cursor ? { ...cursor } : null, state: 'closed', outcomes: [], code, signature };
}

/** The refusal, when the clerk has signed it. */
export function readClosing(
  crypto: Crypto,
  { id: room, network, clerk }: Pick<RoomState, 'id' | 'network' | 'clerk'>,
  origin: string,
  { cursor, code = '', signature }: Submitted,
): Closing | undefined {
  if (!signature || !isErrorCode(code)) return undefined;
  const said: Closing = { room, origin, highest: cursor ?? nothingYet, code, signature };
  return verifyClosing(crypto, network, clerk, said) ? said : undefined;
}

export interface Closed {
  /** They have their outcome in the log, which is on its way here. */
  decided: readonly OutboxRow[];
  /** They are refused: up to the next way in, or that alone. */
  refused: readonly OutboxRow[];
  /** They go on in a numbering of their own. */
  rest: readonly OutboxRow[];
}

/** What a closing refusal means for all that waits in a room, in order. */
export function divide(waiting: readonly OutboxRow[], { highest }: Pick<Closing, 'highest'>): Closed {
  const decided = waiting.filter((row) => !isAfter(row, highest));
  const above = waiting.slice(decided.length);
  const end = above.findIndex((row, i) => i > 0 && isFromOutside(decodeAct(row.act)));
  const count = end < 0 ? above.length : end;
  return { decided, refused: above.slice(0, count), rest: above.slice(count) };
}
