/** Puts acts into a room as its clerk: what was placed before is found, the rest goes through `room.step` to the committer. */
import { limits } from '@parley/protocol';
import { createRoom, type Facts, type Input, takeChanges } from '@parley/room';
import type { Written } from './append.ts';
import { Moved } from './committer.ts';
import { again, type Draft, makeAct } from './draft.ts';
import { factsOf, samePinning, sameReaction, takenNames } from './facts.ts';
import { LoadedRoom } from './loaded-room.ts';
import { type PlacedAct, Run, type RunOptions } from './run.ts';
import { actName, type EntryRecord, keyOf } from './store/entry.ts';
import type { Store } from './store/store.ts';

export interface PlacingOptions extends RunOptions {
  store: Pick<Store, 'entry' | 'room'>;
  /** Takes acts for rooms that another server keeps; undefined for those that this one does. */
  elsewhere: (room: LoadedRoom, drafts: readonly Draft[]) => Promise<PlacedAct[]> | undefined;
  /** This server. */
  id: string;
}

export class Placer {
  readonly #options: PlacingOptions;

  constructor(options: PlacingOptions) {
    this.#options = options;
  }

  /**
   * Places acts in order; one that was placed before gives the outcome it had, and one that fails leaves the others
   * alone. Nobody else may place in this room meanwhile. Throws Moved when the room must be loaded again.
   */
  async placeAll(room: LoadedRoom, drafts: readonly Draft[]): Promise<PlacedAct[]> {
    if (room.dropped) throw new Moved();
    if (room.archive) return drafts.map(() => refused('forbidden'));
    const queued = this.#options.elsewhere(room, drafts);
    if (queued) return queued;
    const names = drafts.map(({ author, clientId }) => actName(author.id, clientId));
    const prior = await this.#options.store.entry.byActs(room.n, names.map(keyOf));
    const taken = await takenNames(this.#options.store, room, drafts);
    let run = new Run(this.#options, room);
    const out: PlacedAct[] = [];
    for (const [i, draft] of drafts.entries()) {
      const name = names[i]!;
      if (draft.target) {
        // What it names may be in this run, and must be on its way to be found.
        run.append();
        run = new Run(this.#options, room);
      }
      try {
        const standing = resent(room, name, prior);
        if (standing) out.push(standing);
        else if (taken.has(draft)) out.push(refused('name-taken'));
        else if (draft.target) out.push(await this.#placeOnto(run, name, draft));
        else out.push(this.#place(run, name, draft, {}));
      } catch (failure) {
        out.push({ failure });
      }
    }
    run.append();
    return out;
  }

  /** Appends what is due; resolves when it is on disk. */
  due(room: LoadedRoom): Promise<void> | undefined {
    if (room.archive || room.state.clerk !== this.#options.id) return undefined;
    const run = new Run(this.#options, room);
    run.step({ type: 'due' });
    run.append();
    return run.written.length > 0 ? run.durable : undefined;
  }

  /** A room that is not on disk yet. */
  make(n: number, draft: Draft): { room: LoadedRoom; append: () => Promise<void> } {
    const { crypto, runtime, committer } = this.#options;
    const { act, parts } = makeAct(this.#options, null, draft);
    const { state, header, headerBytes } = createRoom(crypto, act, runtime.now());
    const { title = '', topic = '' } = (draft.body ?? {}) as { title?: string; topic?: string };
    const { alias } = state.settings;
    const room = new LoadedRoom({ n, state, archive: false, alias: null, title, topic, nth: 0 });
    room.alias = alias;
    const written: Written = { header, headerBytes, parts, body: draft.body, author: draft.author.n, mentioned: [] };
    const append = () => committer.append(room, { term: 0, seq: 0, nth: 0 }, [written], takeChanges(state));
    return { room, append };
  }

  /** An act that names another. */
  async #placeOnto(run: Run, name: string, draft: Draft): Promise<PlacedAct> {
    const { room } = run;
    const { store } = this.#options;
    const same = draft.kind === 'react' ? await sameReaction(store, room, draft) : undefined;
    if (same) return { outcome: again(same, same.at) };
    const standing = draft.kind === 'pin' || draft.kind === 'unpin' ? await samePinning(store, room, draft) : undefined;
    if (standing) return standing;
    return this.#place(run, name, draft, await factsOf(store, room, draft));
  }

  #place(run: Run, name: string, draft: Draft, facts: Facts): PlacedAct {
    const { room } = run;
    if (room.dropped) throw new Moved();
    const { act, parts } = makeAct(this.#options, room.id, draft);
    if (parts.some((part) => part.bytes.length > limits.envelopeBytes)) return refused('too-large');
    const input: Input = draft.clerk
      ? { type: 'clerk', act, ...draft.clerk }
      : { type: 'act', act, facts, after: room.committed };
    const outcome = run.step(input, { name, draft, parts }) ?? { type: 'refused', code: 'internal' };
    if (outcome.type === 'refused') return { outcome };
    if (outcome.type !== 'entry') throw new Error('an act of this server got a tombstone');
    return { outcome: again(outcome.pos, outcome.at, false), durable: run.durable };
  }
}

function refused(code: 'forbidden' | 'too-large' | 'name-taken'): PlacedAct {
  return { outcome: { type: 'refused', code } };
}

/** An act that stands already, or is on its way. */
function resent(room: LoadedRoom, name: string, prior: ReadonlyMap<string, EntryRecord>): PlacedAct | undefined {
  const underWay = room.placed.get(name);
  if (underWay) return { outcome: again(underWay.pos, underWay.at), durable: underWay.durable };
  const stored = prior.get(name);
  return stored && { outcome: again(stored, stored.at) };
}
