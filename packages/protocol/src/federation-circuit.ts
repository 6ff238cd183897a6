/**
 * Circuits: a server that nobody can dial is reached through one that it has dialled, a relay, which passes on what two
 * servers say to each other. Inside runs the handshake of any link, so the relay can neither read nor change anything.
 * A circuit is known by a number on each of its two links, drawn by the side that opens it there.
 */
import { frame, question } from './federation-define.ts';
import { bytes, count, flag, integer, line, optional, view } from './field.ts';
import { serverId } from './id.ts';
import { peerUrl } from './peer.ts';

export const circuitLimits = {
  /** Of what is passed on at a time: the largest message of the link inside. */
  chunkBytes: 65_536,
  /** Charged for each beside its bytes, so that a million small ones cost something. */
  chunkOverheadBytes: 128,
  /** In one direction, sent and not yet read at the other end: 2.5 MB/s where a round trip takes 0.1 s. */
  windowBytes: 262_144,
} as const;

/** Drawn at random, so that both sides of a link may draw. */
const circuit = integer(1, 2 ** 48 - 1);

export const circuitFrames = {
  circuitData: frame({
    about: 'What one end of a circuit says to the other: a message of the link inside, or a full part of a larger one.',
    payload: view({ circuit, bytes: bytes(circuitLimits.chunkBytes), more: optional(flag()) }),
  }),
  circuitCredit: frame({
    about:
      'Lets the other end send, until all that it sent on this circuit is so much: bytes, and a charge for each frame. A relay may hold it back.',
    payload: view({ circuit, total: count() }),
  }),
  circuitEnd: frame({
    about: 'The circuit is over, after what was said before: the word for why a link closes.',
    payload: view({ circuit, reason: line(32) }),
  }),
};

export const circuitQuestions = {
  reserve: question({
    about: 'Asks a relay to be reached through it, as long as this link lasts.',
    payload: view({}),
    /** Where others dial the relay. */
    reply: view({ url: peerUrl }),
  }),
  circuit: question({
    about: 'Asks a relay to open a circuit to a server that has a place there; answered when that server has taken it.',
    payload: view({ circuit, to: serverId }),
    reply: view({}),
  }),
  incoming: question({
    about: 'From a relay: a server wants to reach this one. Who it is it has to prove inside.',
    payload: view({ circuit, from: serverId }),
    reply: view({}),
  }),
};
