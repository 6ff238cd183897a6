/**
 * Rooms that were made after the backup that their clerk was restored from: it knows nothing of them. From a server that
 * holds such a log to its beginning it is taken back, as an exported one is.
 */
import {
  type Crypto,
  equalBytes,
  openTerm,
  type RoomState,
  readHeader,
  SignedRun,
  takeChanges,
  zeroHash,
} from '@parley/room';
import { clerksOwn } from '../append.ts';
import type { People } from '../people.ts';
import { randomNumber } from '../rooms.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/store.ts';
import { pageGroup, restoreGroup, type Upload } from '../upload.ts';
import { followedEntries } from './followed-entries.ts';
import { findTail, type LostTailOptions, pagesOf, type TailPage } from './lost-tail.ts';
import type { Names } from './names-told.ts';

export interface RevivingOptions {
  readonly store: Pick<Store, 'db' | 'entry' | 'room' | 'archive'>;
  readonly people: People;
  readonly names: Names;
  readonly tail: LostTailOptions;
  readonly crypto: Crypto;
  readonly runtime: Runtime;
  readonly id: string;
  readonly network: string;
}

type Revived = Upload & { title: string; topic: string };

/** Makes a room of what a server holds. Resolves with its state; undefined where that is not the whole log, or not proven. */
export async function revive(options: RevivingOptions, server: string, id: string): Promise<RoomState | undefined> {
  const { store, crypto, runtime, network, tail: asking } = options;
  const tail = await findTail(asking, { id, n: 0, state: { network } }, server, { term: 0, seq: 0 });
  if (!tail?.chain || !equalBytes(tail.chain, zeroHash) || tail.pages.length === 0) return undefined;
  // One that a crash broke off, or that somebody brings by hand.
  const other = await store.archive.upload(id);
  if (other) await store.archive.abandon(other.n);
  let upload: Revived | undefined;
  for await (const page of pagesOf(asking, id, tail)) {
    upload = await extend(options, id, upload, page);
    if (!upload) return undefined;
  }
  const { state } = upload ?? {};
  if (!upload || !state || !equalBytes(state.chain, tail.checkpoint.chain)) return undefined;
  const term = clerksOwn(openTerm(state, runtime.now(), crypto));
  const [isDone] = await store.db.transaction([restoreGroup(upload, term)]);
  return isDone ? state : undefined;
}

async function extend(
  options: RevivingOptions,
  id: string,
  upload: Revived | undefined,
  { lines, people }: TailPage,
): Promise<Revived | undefined> {
  const { store, crypto, runtime, id: here, network } = options;
  const before = upload?.state.head;
  const run = new SignedRun(crypto, here, upload?.state);
  for (const { header, parts } of lines) run.next(header, parts);
  run.end();
  const state = run.state!;
  if (state.id !== id || state.clerk !== here || state.network !== network) return undefined;
  const next: Revived = upload ?? { n: randomNumber(runtime), state, live: true, nth: 0, title: '', topic: '' };
  const headers = lines.map(({ header }) => readHeader(header));
  const written = await followedEntries(options, next, headers, lines, people);
  for (const { header, body } of written) {
    const { title, topic } = (body ?? {}) as { title?: string; topic?: string };
    if (header.pos.seq === state.info.title) next.title = title ?? next.title;
    if (header.pos.seq === state.info.topic) next.topic = topic ?? next.topic;
  }
  const group = pageGroup(next, before, written, takeChanges(state), runtime.now());
  const [isStored] = await store.db.transaction([group]);
  return isStored ? next : undefined;
}
