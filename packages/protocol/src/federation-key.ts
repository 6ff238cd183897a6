/** Messages to a key between servers: finding where it is signed in, and the way there. Nothing of it is kept. */
import { question } from './federation-define.ts';
import { bytes, count, flag, integer, view } from './field.ts';
import { limits } from './limits.ts';

/** Links between servers over which a key is looked for at most. */
export const keyHops = 8;

/** Drawn at random by who looks. */
const search = bytes(16);

export const keyQuestions = {
  findKey: question({
    about:
      'Whether somebody is signed in with a key now, on the server asked or behind it. It asks its other links with one hop less; what it has been asked in this search it does not look for again.',
    payload: view({
      search,
      key: bytes(32),
      /** Links that the search may pass, this one included. */
      hops: integer(1, keyHops),
    }),
    reply: view({ found: flag() }),
  }),
  deliverToKey: question({
    about:
      'Takes a sealed message the way that a search has found, once. Answered when a client has acknowledged it; refused with `nobody-there`.',
    payload: view({
      search,
      /** Drawn by the sender's server, so that what comes several ways is handed out once. */
      message: bytes(16),
      key: bytes(32),
      sealed: bytes(limits.keyMessageBytes),
    }),
    reply: view({ deliveredAt: count() }),
  }),
};
