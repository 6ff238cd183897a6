/**
 * The clerk at work for other servers: takes the batches that they hand in, each in the room's turn, and gives every
 * act exactly one outcome, an entry or a tombstone. All outcomes of a batch are one transaction, or it waits whole.
 */
import {
  type ErrorCode,
  type NamedPerson,
  type Position,
  type QuestionPayload,
  type QuestionReply,
  Refusal,
  serverOf,
} from '@parley/protocol';
import {
  type Crypto,
  checkBatch,
  decodeEnvelope,
  type Envelope,
  type EnvelopeFacts,
  isBefore,
  isDenied,
  isLeaving,
  matches,
  order,
  type Part,
  participants,
} from '@parley/room';
import { Buckets } from '../bucket.ts';
import { Moved } from '../committer.ts';
import type { Draft } from '../draft.ts';
import { mentionsOf, readBody, subjectOf } from '../entry-view.ts';
import { emojiOf, factsOf, samePinning, storedReaction, takenNames } from '../facts.ts';
import type { Limits } from '../limits.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { People } from '../people.ts';
import type { Rooms } from '../rooms.ts';
import { Run, type RunOptions } from '../run.ts';
import { actName, keyOf } from '../store/entry.ts';
import type { Store } from '../store/store.ts';
import type { PersonRecord } from '../store/user.ts';
import { closing, isFromOutside } from './closings.ts';
import type { Names } from './names-told.ts';

type Submission = QuestionPayload<'submit'>;
type Submitted = QuestionReply<'submit'>;

export interface ClerkOptions {
  readonly store: Pick<Store, 'entry' | 'room'>;
  readonly rooms: Pick<Rooms, 'load' | 'turn'>;
  readonly people: People;
  readonly names: Names;
  readonly crypto: Crypto;
  readonly run: RunOptions;
  readonly id: string;
  readonly limits: Pick<Limits, 'peerActsPerSecond' | 'bucketKeys'>;
}

/** An envelope as it came, with its content. */
interface Handed extends Envelope {
  hash: Uint8Array;
  parts: readonly Part[];
  draft: Draft;
}

/** Seconds' worth of acts that come at once: an outbox that filled while this server was away, twice. */
const burstSeconds = 40;

export class Clerk {
  readonly #options: ClerkOptions;
  /** By room and server: one that floods a room waits there, and delays nobody in another. */
  readonly #acts: Buckets;

  constructor(options: ClerkOptions) {
    this.#options = options;
    const { limits, run } = options;
    const perSecond = limits.peerActsPerSecond;
    const rate = { burst: burstSeconds * perSecond, perMinute: 60 * perSecond };
    this.#acts = new Buckets({ ...rate, maxKeys: limits.bucketKeys, elapsed: run.runtime.elapsed });
  }

  /** Answers `submit`. Refuses with `not-found` where the room is not kept here, `bad-request` what is malformed. */
  async submit(from: string, submission: Submission): Promise<Submitted> {
    const { rooms } = this.#options;
    const room = await this.kept(submission.room);
    const taken = this.#acts.take(`${room.id} ${from}`, submission.envelopes.length);
    if (!taken.ok) return { ...reply(room, from, 'later', []), retryAfterMs: taken.retryAfterMs };
    const batch = await this.#read(room, from, submission);
    return rooms.turn(room.id, (now) => this.#decide(now, from, batch, submission.signature));
  }

  /** The outcome of an act that was handed in before. */
  async outcome(from: string, { room: id, user, clientId }: QuestionPayload<'outcome'>) {
    const room = await this.kept(id);
    if (serverOf(user) !== from) throw new Refusal('not-found');
    const found = await this.#options.store.entry.byAct(room.n, keyOf(actName(user, clientId)));
    return { header: found?.header ?? null };
  }

  /** A room whose log this server keeps, and which it does not keep the asking one out of. Refuses with `not-found`. */
  async kept(id: string, from?: string): Promise<LoadedRoom> {
    const room = await this.#options.rooms.load(id);
    if (room.archive || room.state.clerk !== this.#options.id) throw new Refusal('not-found');
    if (from !== undefined && isDenied(room.state, from)) throw new Refusal('not-found');
    return room;
  }

  async #read(room: LoadedRoom, from: string, { envelopes, signature, people }: Submission): Promise<Handed[]> {
    const { crypto } = this.#options;
    const read = envelopes.map(({ stamp, act }) => decodeEnvelope(stamp, act));
    const hashes = checkBatch(crypto, room.state.network, room.id, from, read, signature);
    read.forEach(({ act }, i) => {
      const { parts } = envelopes[i]!;
      // A room that keeps nothing may have lost it before it was handed in.
      const isLost = parts.length === 0 && room.state.settings.retentionDays === 0;
      const isAll = parts.length === act.parts.length;
      const isWhole = isLost || (isAll && parts.every((part, j) => matches(crypto, act.parts[j]!, part)));
      if (!isWhole) throw new Refusal('bad-request', { field: 'parts' });
    });
    const meant = envelopes
      .flatMap(({ parts }) => mentionsOf(readBody(parts[0])))
      .filter((user) => serverOf(user) === this.#options.id);
    const persons = await this.#personsOf(read, people, meant);
    return read.map((envelope, i) => {
      const { parts } = envelopes[i]!;
      return { ...envelope, hash: hashes[i]!, parts, draft: draftOf(envelope, parts, persons) };
    });
  }

  /** Authors, subjects and those who are mentioned, as far as they have the form of a user; strangers get a row. */
  async #personsOf(
    batch: readonly Envelope[],
    told: readonly NamedPerson[],
    meant: readonly string[],
  ): Promise<Map<string, PersonRecord>> {
    const { names, people } = this.#options;
    const users = new Set(batch.flatMap(({ act }) => [act.user, subjectOf(act.data) ?? act.user]));
    await names.numbers(
      [...users].filter((user) => told.some((person) => person.user === user) || serverOf(user) !== this.#options.id),
      told,
    );
    return people.all([...users, ...meant]);
  }

  async #decide(room: LoadedRoom, from: string, batch: readonly Handed[], signature: Uint8Array) {
    // Whether a reaction is there already only the disk knows.
    if (batch.some(({ draft }) => draft.kind === 'react')) await room.settled();
    const { state } = room;
    const run = new Run(this.#options.run, room);
    const fresh = batch.filter((each) => order(state, each.stamp, each.hash).type !== 'settled');
    const answer = fresh.length > 0 ? whyNot(this.#options.crypto, room, from, fresh) : undefined;
    if (answer) return { value: answer, durable: landed(room) };
    const reactions: Reacted[] = [];
    for (const handed of fresh) {
      const facts = await this.#factsOf(room, handed, reactions);
      const { stamp, stampBytes, act, actBytes, draft, parts } = handed;
      const isLast = handed === batch.at(-1);
      const input = { type: 'envelope' as const, stamp, stampBytes, act, actBytes, facts };
      const name = actName(act.user, act.clientId);
      const outcome = run.step({ ...input, signature: isLast ? signature : null }, { name, draft, parts });
      if (outcome?.type === 'entry' && draft.kind === 'react')
        reactions.push({ ...reactionOf(draft), name, pos: outcome.pos });
    }
    const outcomes = run.written.map(({ headerBytes }) => headerBytes);
    run.append();
    const value = reply(room, from, 'decided', outcomes);
    return run.written.length > 0 ? { value, durable: run.durable } : { value, durable: room.settled() };
  }

  async #factsOf(room: LoadedRoom, { draft, act }: Handed, reactions: readonly Reacted[]): Promise<EnvelopeFacts> {
    const { store } = this.#options;
    const facts: EnvelopeFacts = { ...(await factsOf(store, room, draft)) };
    const name = actName(act.user, act.clientId);
    const standing = room.placed.get(name)?.pos ?? (await store.entry.byAct(room.n, keyOf(name)));
    const same = standing ?? (await this.#sameOf(room, draft, reactions));
    if (same) facts.standing = { term: same.term, seq: same.seq };
    if ((await takenNames(store, room, [draft])).size > 0) facts.refused = 'name-taken';
    return facts;
  }

  async #sameOf(
    room: LoadedRoom,
    draft: Draft,
    reactions: readonly Reacted[],
  ): Promise<{ term: number; seq: number } | undefined> {
    const { store } = this.#options;
    if (!draft.target) return undefined;
    if (draft.kind === 'react') {
      const own = reactionOf(draft);
      if (own.emoji === undefined) return undefined;
      const same = reactions.find(
        (each) => each.by === own.by && each.on === own.on && each.emoji === own.emoji && !isGoing(room, each.name),
      );
      return same?.pos ?? storedReaction(store, room, draft);
    }
    if (draft.kind !== 'pin' && draft.kind !== 'unpin') return undefined;
    const outcome = (await samePinning(store, room, draft))?.outcome;
    return outcome?.type === 'entry' ? outcome : undefined;
  }
}

/** A reaction of the batch that is being decided: the disk knows nothing of it yet. */
interface Reacted {
  by: number;
  on: string;
  emoji: unknown;
  name: string;
  pos: Position;
}

const reactionOf = ({ author, target, body }: Draft): Pick<Reacted, 'by' | 'on' | 'emoji'> => ({
  by: author.n,
  on: actName(target!.user, target!.clientId),
  emoji: emojiOf(body),
});

const isGoing = (room: LoadedRoom, name: string): boolean =>
  [...room.placed.values()].some(({ kind, target }) => kind === 'unreact' && target === name);

/** Why what is new in a batch has no outcome now, or never: none of it then. */
function whyNot(crypto: Crypto, room: LoadedRoom, from: string, fresh: readonly Handed[]): Submitted | undefined {
  const { state } = room;
  const closed = closedTo(room, from, fresh);
  if (closed) return closing(crypto, state, from, closed);
  const [first] = fresh;
  const { type } = order(state, first!.stamp, first!.hash);
  if (type === 'full') return closing(crypto, state, from, 'too-many');
  if (type === 'old' || type === 'fork') return reply(room, from, 'fork', []);
  if (type === 'gap') return reply(room, from, 'gap', []);
  // A batch waits whole.
  const isLater = fresh.some(({ stamp }) => isBefore(state.head, stamp.after));
  return isLater ? reply(room, from, 'later', []) : undefined;
}

/** Errors: `bad-request` where nobody knows its author. */
export function draftOf(
  { act }: Pick<Envelope, 'act'>,
  parts: readonly Part[],
  persons: ReadonlyMap<string, PersonRecord>,
): Draft {
  const { user, device, clientId, kind, target, data } = act;
  const author = persons.get(user);
  if (!author) throw new Refusal('bad-request', { field: 'user' });
  const subject = persons.get(subjectOf(data) ?? '');
  const body = parts[0] && readBody(parts[0]);
  return {
    author,
    device,
    clientId,
    kind,
    ...(target ? { target } : {}),
    ...(data ? { data: data as Record<string, unknown> } : {}),
    ...(body === undefined ? {} : { body }),
    ...(subject ? { subject } : {}),
    mentioned: mentionsOf(body).flatMap((id) => persons.get(id) ?? []),
  };
}

/** Why a server may not do this: it is kept out, or nobody of it is in the room, and it is no way in. */
function closedTo({ state }: LoadedRoom, from: string, batch: readonly Envelope[]): ErrorCode | undefined {
  if (isDenied(state, from)) return batch.every(({ act }) => isLeaving(act)) ? undefined : 'banned';
  if (participants(state).has(from)) return undefined;
  const isEntering = batch.every(({ act }) => isFromOutside(act));
  return isEntering ? undefined : 'not-a-member';
}

/** What an answer says of the log is on disk then. */
async function landed(room: LoadedRoom): Promise<void> {
  await room.settled();
  if (room.dropped) throw new Moved();
}

function reply({ state }: LoadedRoom, from: string, outcome: Submitted['state'], outcomes: Uint8Array[]): Submitted {
  const cursor = state.origins.get(from);
  return { cursor: cursor ? { ...cursor } : null, state: outcome, outcomes };
}
