/** The frames that a link between servers needs for itself: greeting, signs of life, questions and answers. */
import { frame } from './federation-define.ts';
import { anything, count, integer, line, list, optional, pattern, view } from './field.ts';

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
  ask: frame({
    about: 'Asks a question by its name. The number is one that the asker has not used on this link before.',
    payload: view({ n: count(), ask: line(64), payload: anything() }),
  }),
  answer: frame({
    about: 'Answers the question of this number, once: a reply, or why there is none.',
    payload: view({
      n: count(),
      reply: optional(anything()),
      error: optional(view({ code: line(32), retryAfterMs: optional(count()) })),
    }),
  }),
};
