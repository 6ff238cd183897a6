/** The frames that a link between servers needs for itself: greeting, signs of life, credit, questions and answers. */
import { frame } from './federation-define.ts';
import { anything, choice, count, integer, line, list, optional, pattern, view } from './field.ts';

/**
 * What is sent first when not all can be, from the most urgent on; each has its share of a link. What is passed on for
 * other servers is apart from them: it neither waits for nor crowds out what the two say to each other.
 */
export const framePriorities = ['control', 'decision', 'message', 'bulk', 'circuit'] as const;
export type FramePriority = (typeof framePriorities)[number];

export const linkLimits = {
  /** Of a frame that one piece holds: what is more urgent waits for no more than that, 0.1 s on a line of 1 Mbit/s. */
  pieceBytes: 16_384,
  /** Charged for each piece beside its bytes, so that a million small frames cost something. */
  pieceOverheadBytes: 128,
  /**
   * Of one priority, sent and not yet dealt with, before the receiver grants more: the questions below, a frame of
   * 1 MiB behind them, and what was dealt with but is not granted yet.
   */
  windowBytes: 2_621_440,
  /** Questions of one priority that are under way at a time; a range of entries takes some milliseconds. */
  asksUnderWay: 64,
  /** Bytes of them, unless it is only one. */
  askBytesUnderWay: 1_048_576,
} as const;

/** A host name in lower case: what a server claims to be called. */
export const serverName = pattern(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);

export const linkFrames = {
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
  credit: frame({
    about:
      'Lets the other side send in a priority, until all that it sent there on this link is so much: bytes, and a charge for each piece.',
    payload: view({ priority: choice(framePriorities), total: count() }),
  }),
  ask: frame({
    about: 'Asks a question by its name. The number is one that the asker has not used on this link before.',
    payload: view({ n: count(), ask: line(64), payload: anything() }),
  }),
  answer: frame({
    about: 'Answers the question of this number, once: a reply, or why there is none.',
    payload: view({
      n: count(),
      reply: optional(anything()),
      /** `id`: of a failure, as it stands in the log of who answers. */
      error: optional(view({ code: line(32), retryAfterMs: optional(count()), id: optional(line(32)) })),
    }),
  }),
};
