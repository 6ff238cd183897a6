/**
 * What a clerk once wrote and lost, told by another server after the log went on in a new term: everything that does not
 * stand yet is appended again, in its order. Other servers' acts keep their numbers and signatures, and refusals stay
 * refusals.
 */
import type { LogLine, MemberChange, NamedPerson } from '@parley/protocol';
import {
  type Act,
  type Crypto,
  type EnvelopeFacts,
  freesClientId,
  type Header,
  hashOfOutcome,
  order,
  type Part,
  type RoomState,
  readHeader,
  type Tombstone,
} from '@parley/room';
import type { Draft } from '../draft.ts';
import { actOf, mentionsOf, peopleOf, readBody } from '../entry-view.ts';
import { factsOf, takenNames } from '../facts.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { People } from '../people.ts';
import { Run, type RunOptions } from '../run.ts';
import { actName, keyOf } from '../store/entry.ts';
import type { Store } from '../store/store.ts';
import type { PersonRecord } from '../store/user.ts';
import { draftOf } from './clerk.ts';
import type { Names } from './names-told.ts';

export interface RetellingOptions {
  readonly store: Pick<Store, 'entry' | 'room'>;
  readonly people: People;
  readonly names: Names;
  readonly crypto: Crypto;
  readonly run: RunOptions;
}

type Envelope = Header['what'] & { type: 'envelope' };

/** What the clerk does for people. */
const forPeople = new Set(['message', 'erase', 'system']);

/** An act as it is to be placed. */
interface Owned {
  name: string;
  draft: Draft;
  parts: readonly Part[];
}

export class Retelling {
  readonly #options: RetellingOptions;

  constructor(options: RetellingOptions) {
    this.#options = options;
  }

  /** Appends lines that this server vouched for, in the room's turn. Resolves with how many of them found no place. */
  async page(
    room: LoadedRoom,
    lines: readonly LogLine[],
    told: readonly NamedPerson[],
  ): Promise<{ value: number; durable: Promise<void> }> {
    const run = new Run(this.#options.run, room);
    const persons = await this.#personsOf(lines, told);
    let lost = 0;
    try {
      for (const { header, parts } of lines) {
        const read = readHeader(header);
        if (!(await this.#one(run, read, own(read, parts, persons)))) lost += 1;
      }
    } catch (error) {
      // The state is ahead of what will be stored.
      room.dropped = true;
      throw error;
    }
    run.append();
    return { value: lost, durable: run.written.length > 0 ? run.durable : room.settled() };
  }

  async #personsOf(lines: readonly LogLine[], told: readonly NamedPerson[]): Promise<Map<string, PersonRecord>> {
    const { names, people } = this.#options;
    const users = [...new Set(lines.flatMap(({ header }) => peopleOf(readHeader(header))))];
    await names.numbers(users, told);
    return people.all([...users, ...lines.flatMap(({ parts }) => mentionsOf(readBody(parts[0] ?? undefined)))]);
  }

  /** False where it has no place. */
  async #one(run: Run, { what, at }: Header, owned: Owned | undefined): Promise<boolean> {
    const { room } = run;
    switch (what.type) {
      case 'envelope':
        if (!owned) return false;
        return what.stamp.origin === room.state.clerk ? this.#home(run, what, owned) : this.#foreign(run, what, owned);
      case 'tombstone':
        return this.#tombstone(run, what);
      case 'clerk':
        if (!isDue(room.state, what.act) || (await this.#standing(room, actName(what.act.user, what.act.clientId))))
          return true;
        run.step({ type: 'clerk', act: what.act, at }, owned);
        return true;
      case 'term':
        return true;
      default:
        return false;
    }
  }

  async #home(run: Run, { act, stamp }: Envelope, owned: Owned): Promise<boolean> {
    const { store } = this.#options;
    const { room } = run;
    if (act.kind === 'create' || (await this.#standing(room, owned.name))) return true;
    if ((await takenNames(store, room, [owned.draft])).size > 0) return false;
    const facts = await factsOf(store, room, owned.draft);
    return run.step({ type: 'act', act, facts, after: stamp.after }, owned)?.type === 'entry';
  }

  async #foreign(run: Run, what: Envelope, owned: Owned): Promise<boolean> {
    const { store, crypto } = this.#options;
    const { room } = run;
    const { type } = order(room.state, what.stamp, hashOfOutcome(crypto, what)!);
    if (type !== 'next') return type === 'settled';
    const standing = await this.#standing(room, owned.name);
    const facts: EnvelopeFacts = { ...(await factsOf(store, room, owned.draft)), ...(standing ? { standing } : {}) };
    if ((await takenNames(store, room, [owned.draft])).size > 0) facts.refused = 'name-taken';
    const { stamp, stampBytes, act, actBytes, signature } = what;
    run.step({ type: 'envelope', stamp, stampBytes, act, actBytes, facts, signature }, owned);
    return true;
  }

  async #tombstone(run: Run, what: Tombstone): Promise<boolean> {
    const { room } = run;
    const { type } = order(room.state, what.stamp, hashOfOutcome(this.#options.crypto, what)!);
    if (type !== 'next') return type === 'settled';
    const standing = await this.#standing(room, actName(what.user, what.clientId));
    const isRepeat = standing && (what.code === 'duplicate' || !freesClientId(what.code));
    const tombstone: Tombstone = isRepeat ? { ...what, code: 'duplicate', duplicateOf: standing } : what;
    run.step({ type: 'tombstone', tombstone });
    return true;
  }

  async #standing(room: LoadedRoom, name: string): Promise<{ term: number; seq: number } | undefined> {
    const found = room.placed.get(name)?.pos ?? (await this.#options.store.entry.byAct(room.n, keyOf(name)));
    return found && { term: found.term, seq: found.seq };
  }
}

/** Whether the clerk does it again: heirs come of themselves, and what ended then ends here too. */
function isDue({ mutes, bans }: RoomState, { kind, data }: Act): boolean {
  const { subject = '', change } = (data ?? {}) as { subject?: string; change?: MemberChange };
  const isTimed = (restrictions: RoomState['mutes']): boolean =>
    typeof restrictions.get(subject)?.durationMs === 'number';
  if (kind === 'unmute') return isTimed(mutes);
  if (kind === 'member') return change === 'unban' && isTimed(bans);
  return forPeople.has(kind);
}

function own(header: Header, parts: LogLine['parts'], persons: ReadonlyMap<string, PersonRecord>): Owned | undefined {
  const act = actOf(header);
  if (!act || !persons.has(act.user)) return undefined;
  const kept = parts.filter((part) => part !== null);
  const whole = kept.length === act.parts.length ? kept : [];
  return { name: actName(act.user, act.clientId), draft: draftOf({ act }, whole, persons), parts: whole };
}
