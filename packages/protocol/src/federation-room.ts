/**
 * Rooms across servers. The clerk of a room, the server that made it, keeps its log; the servers of its members follow
 * it and hand in what their people do.
 */
import { position } from './entry.ts';
import { frame, question } from './federation-define.ts';
import {
  bytes,
  choice,
  count,
  flag,
  type Infer,
  integer,
  line,
  list,
  nullable,
  optional,
  text,
  view,
} from './field.ts';
import { alias, clientId, roomId, serverId, userId } from './id.ts';
import { historyRule, joinRule } from './kind.ts';
import { limits } from './limits.ts';
import { accountKinds } from './user.ts';

/** Entries of one frame: a batch is never divided. */
const linesPerFrame = 128;
/** Rooms that two servers share and name in one frame. */
const roomsPerFrame = 1_000;
/** Leaves of one page of a snapshot. */
const leavesPerPage = 5_000;
const partsPerAct = 8;
const invitationsPerFrame = 200;
/** Rooms of one frame that tells where people of the other side are in. */
const sharedPerFrame = 100;
const peoplePerFrame = 1_000;
/** Acts of one batch. */
const batchEnvelopes = 64;

const part = view({ salt: bytes(16), bytes: bytes(limits.envelopeBytes) });
export const logLine = view({
  /** As it is hashed. */
  header: bytes(limits.envelopeBytes),
  /** Null where the content was taken away, or is not for this server. */
  parts: list(nullable(part), partsPerAct),
});
export type LogLine = Infer<typeof logLine>;

/** What people are called, for showing only: the log holds no names. */
export const namedPerson = view({
  user: userId,
  name: line(limits.displayName),
  display: optional(line(limits.displayName)),
  /** Absent: a person. */
  kind: optional(choice(accountKinds)),
});
export type NamedPerson = Infer<typeof namedPerson>;
const named = list(namedPerson, leavesPerPage);

export const signedCheckpoint = view({
  pos: position,
  chain: bytes(32),
  stateHash: bytes(32),
  signature: bytes(64),
});

/** How far an origin's numbering in a room is decided. */
export const originCursor = view({ incarnation: count(), oseq: count(), hash: bytes(32) });
export type OriginCursor = Infer<typeof originCursor>;

/** An act with its stamp, as they are hashed, and its content. */
export const envelope = view({
  stamp: bytes(512),
  act: bytes(limits.envelopeBytes),
  parts: list(part, partsPerAct),
});
export type Envelope = Infer<typeof envelope>;

export const foreignRoom = view({
  id: roomId,
  /** The server that keeps its log. */
  clerk: serverId,
  alias: optional(alias),
  title: text(limits.roomTitle),
  topic: text(limits.topic),
  head: position,
  joinRule,
  history: historyRule,
  members: count(),
  createdAt: count(),
  /** Of two people: whoever invites, and who is invited. */
  direct: optional(flag()),
});
export type ForeignRoom = Infer<typeof foreignRoom>;

/** Up to where people of the server that says it have read. */
const readers = list(view({ user: userId, seq: count() }), limits.receiptMembers);

/** Somebody, where they are told of one room. */
const onePerson = view({ room: roomId, user: userId });

export const roomFrames = {
  append: frame({
    about: 'From the clerk to a server with members: the next entries of a room, with its word for where they end.',
    payload: view({
      room: roomId,
      lines: list(logLine, linesPerFrame),
      people: named,
      /** Of the last line, where the clerk stands there. */
      checkpoint: optional(signedCheckpoint),
    }),
  }),
  cursor: frame({
    about:
      'Where a server stands in rooms whose clerk is the other side: on every new link for all of them, and after entries are on disk. It replaces whatever the clerk remembered; null = it does not follow the room.',
    payload: view({
      rooms: list(
        view({
          room: roomId,
          at: nullable(position),
          /** Begin again from there: on a new link, and after a gap. */
          isReset: optional(flag()),
        }),
        roomsPerFrame,
      ),
    }),
  }),
  shared: frame({
    about:
      'From the clerk, on every new link: rooms in which people of the other server are, each with the header of the entry by which one of them came, signed by that server. One that holds less of the room than that takes it as it stands.',
    payload: view({
      rooms: list(view({ room: roomId, joined: bytes(limits.envelopeBytes) }), sharedPerFrame),
    }),
  }),
  invitations: frame({
    about:
      'From the clerk: people of the other server who are invited. On a new link all of them, the first frame with `isReset`: what is not named any more is withdrawn.',
    payload: view({
      invited: list(view({ room: foreignRoom, user: userId, by: namedPerson }), invitationsPerFrame),
      withdrawn: list(onePerson, invitationsPerFrame),
      /** People of the other server who asked to be let in and were not. */
      denied: optional(list(onePerson, invitationsPerFrame)),
      /** With `isReset`: all who have asked and have no answer; left out where they are too many for one frame. */
      knocking: optional(list(onePerson, invitationsPerFrame)),
      isReset: optional(flag()),
    }),
  }),
  reset: frame({
    about:
      'From the clerk, which has taken what it could: what is held of a room beyond `base` is not in its log any more. The room is taken as it stands.',
    payload: view({ room: roomId, base: position }),
  }),
  typing: frame({
    about: 'Somebody of this server is typing in a room; not stored, not repeated to others.',
    payload: view({ room: roomId, user: userId, active: flag() }),
  }),
  presence: frame({
    about: 'Somebody of this server came or went; to servers that share a room with them.',
    payload: view({
      people: list(view({ user: userId, status: choice(['online', 'away', 'offline']) }), peoplePerFrame),
      /** On a new link: these are all who are there. */
      isReset: optional(flag()),
    }),
  }),
  receipts: frame({
    about:
      'Where markers of people of this server stand now in a room, 0 for those who do not tell it any more; to servers that share the room. Not stored, not repeated to others.',
    payload: view({ room: roomId, readers }),
  }),
  named: frame({
    about: 'People of this server have new names to show; to servers that share a room with them.',
    payload: view({ people: named }),
  }),
};

export const roomQuestions = {
  submit: question({
    about:
      'Acts of people of this server for a room that the other side keeps, in the order of their numbers; signed as one batch. Answered when their outcomes are on disk. Without members here only a join, a knock or a declined invitation are taken.',
    payload: view({
      room: roomId,
      envelopes: list(envelope, batchEnvelopes),
      signature: bytes(64),
      people: list(namedPerson, batchEnvelopes),
    }),
    reply: view({
      /** How far this server is decided now; null = nothing yet. */
      cursor: nullable(originCursor),
      /** `fork`: the numbering is not the one that is known here: go on in a higher incarnation. */
      state: choice(['decided', 'gap', 'fork', 'later', 'closed']),
      /** The entries and tombstones that this made, in order. */
      outcomes: list(bytes(limits.envelopeBytes), batchEnvelopes),
      /** Of `closed`: why; and the clerk's signature of that, with the cursor: nothing above it gets an outcome. */
      code: optional(line(32)),
      signature: optional(bytes(64)),
      retryAfterMs: optional(count()),
    }),
  }),
  outcome: question({
    about: 'What became of an act of this server: the header of its entry or tombstone, or null.',
    payload: view({ room: roomId, user: userId, clientId }),
    reply: view({ header: nullable(bytes(limits.envelopeBytes)) }),
  }),
  snapshot: question({
    about:
      'A room as it stands: for servers with members, and of rooms that anybody may read. A page follows the key that it is given; `not-found` where that state is forgotten.',
    payload: view({ room: roomId, at: optional(position), after: optional(line(256)) }),
    reply: view({
      /** The first entry, of which the room's id is made. */
      create: logLine,
      checkpoint: signedCheckpoint,
      /** Ascending; the values in the same order. */
      keys: list(line(256), leavesPerPage),
      values: list(bytes(16_384), leavesPerPage),
      people: named,
      /** The entries that hold the present title and topic. */
      info: list(logLine, 2),
      more: flag(),
    }),
  }),
  range: question({
    about: 'Earlier entries, ascending, as far as this server may read them, with the chain before the first.',
    payload: view({ room: roomId, from: count(), to: count() }),
    reply: view({ before: bytes(32), lines: list(logLine, linesPerFrame), people: named }),
  }),
  tail: question({
    about:
      'From the clerk, which may have been restored from an old backup: what is held beyond a place of its log that it still has, or after the seq `after` of that. `before` is the chain before the first line, where what is held begins there; `checkpoint` the last that the clerk signed.',
    payload: view({ room: roomId, base: position, after: optional(count()) }),
    reply: view({
      before: nullable(bytes(32)),
      lines: list(logLine, linesPerFrame),
      people: named,
      checkpoint: nullable(signedCheckpoint),
      more: flag(),
    }),
  }),
  rooms: question({
    about: 'Public rooms by name; `after` is the last alias seen.',
    payload: view({ query: optional(line(limits.alias)), after: optional(alias), limit: integer(1, limits.roomsPage) }),
    reply: view({ rooms: list(foreignRoom, limits.roomsPage), more: flag() }),
  }),
  room: question({
    about:
      'A room by its alias or id, if anybody may know of it, or people of the asking server are invited. By its id also a server that has people in it says who keeps it.',
    payload: view({ alias: optional(alias), room: optional(roomId) }),
    /** `cursor`: how far the numbering of the asking server is decided there. */
    reply: view({ room: foreignRoom, cursor: nullable(originCursor) }),
  }),
  receipts: question({
    about:
      'How far people of the asked server have read in a room that both share: all who tell it; asked when somebody looks.',
    payload: view({ room: roomId }),
    reply: view({ readers }),
  }),
  people: question({
    about: 'People of this server whose name is, or begins with, a text.',
    payload: view({ prefix: line(limits.displayName), exact: flag() }),
    reply: view({ people: list(namedPerson, limits.people) }),
  }),
};
