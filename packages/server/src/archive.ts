/**
 * Reads an exported log back, page by page in order, held against its chain. Where the room is here it is compared; on
 * the server that kept and lost it it becomes a room again; elsewhere it becomes a read-only archive of the person who
 * brings it.
 */
import { check, kinds, type Payload, Refusal, type Reply } from '@parley/protocol';
import {
  type Checkpoint,
  equalBytes,
  openTerm,
  type RoomState,
  StateHash,
  takeChanges,
  verifyCheckpoint,
} from '@parley/room';
import { clerksOwn, type Written } from './append.ts';
import type { Context } from './context.ts';
import type { LoadedRoom } from './loaded-room.ts';
import { areHeld, followLines, headerOf, type LogLine, rangeOf, writtenOf } from './log-lines.ts';
import { tellAdded } from './membership.ts';
import { randomNumber } from './rooms.ts';
import { DatabaseError, type Group } from './store/database.ts';
import { archiveGroup, pageGroup, restoreGroup, type Upload } from './upload.ts';

type Page = Payload<'archive.write'>;
type Result = Reply<'archive.write'>;

/** Takes one page; pages of one room are taken one after another. */
export function readBack(context: Context, page: Page): Promise<Result> {
  const { store, here } = context;
  return here.uploads.inTurn(page.room, async () =>
    (await store.room.byId(page.room)) ? compare(context, page) : take(context, page),
  );
}

/** An archive that its last reader left is no use to anybody. */
export async function forgetArchive(
  { store, rooms }: Pick<Context, 'store' | 'rooms'>,
  { id, n }: Pick<LoadedRoom, 'id' | 'n'>,
): Promise<void> {
  if (!(await store.archive.bury(n))) return;
  rooms.drop(id);
  await store.archive.clear();
}

/** The log of a room that is here must be the beginning of its own. */
async function compare(context: Context, { room: id, lines, checkpoint }: Page): Promise<Result> {
  const { store, here, session } = context;
  const room = await context.rooms.between(id, (quiet) => quiet);
  const range = lines.length > 0 ? rangeOf(lines.map(headerOf)) : undefined;
  if (range && (range.to > room.committed.seq || !(await areHeld(context, room.n, lines, range))))
    throw new Refusal('duplicate');
  if (!checkpoint) return { seq: range?.to ?? 0, result: 'more' };
  const signed = signedOf(checkpoint);
  const isEnd = range ? signed.pos.seq === range.to : signed.pos.seq <= room.committed.seq;
  const { network, clerk } = room.state;
  if (!isEnd || !verifyCheckpoint(here.crypto, network, id, clerk, signed))
    throw new Refusal('bad-request', { field: 'checkpoint' });
  const seq = signed.pos.seq;
  if (!room.archive || !(await store.room.addReader(session.me.person.n, room.n))) return { seq, result: 'identical' };
  tellReader(context, id);
  return { seq, result: 'archived' };
}

async function take(context: Context, { room, lines, checkpoint }: Page): Promise<Result> {
  const { uploads } = context.here;
  let upload = await uploads.open(room);
  let fresh: readonly LogLine[] = lines;
  if (upload && lines.length > 0) {
    const skipped = await heldOf(context, upload, lines);
    if (skipped === 'another') {
      await uploads.abandon(upload);
      upload = undefined;
    } else fresh = lines.slice(skipped);
  }
  if (fresh.length > 0) upload = await extend(context, room, upload, fresh);
  if (!checkpoint) return { seq: upload?.state.head.seq ?? 0, result: 'more' };
  if (!upload) throw new Refusal('bad-request', { field: 'lines' });
  return finish(context, upload, signedOf(checkpoint));
}

/** How many of these lines an upload holds already. A log that differs from it begins anew with its first line. */
async function heldOf(context: Context, { n, state }: Upload, lines: readonly LogLine[]): Promise<number | 'another'> {
  const { from, to } = rangeOf(lines.map(headerOf));
  const until = Math.min(to, state.head.seq);
  const count = Math.max(0, until - from + 1);
  if (count === 0 || (await areHeld(context, n, lines.slice(0, count), { from, to: until }))) return count;
  if (from !== 1) throw new Refusal('duplicate');
  return 'another';
}

async function extend(
  context: Context,
  room: string,
  upload: Upload | undefined,
  lines: readonly LogLine[],
): Promise<Upload> {
  const { here, runtime } = context;
  const { uploads } = here;
  if (!upload) await uploads.mayBegin();
  const before = upload?.state.head;
  // The state runs ahead of the disk until the page is stored.
  uploads.forget(room);
  const { state, headers } = followLines(context, room, upload?.state, lines);
  const written = await writtenOf(context, state, headers, lines);
  const extended = upload ?? {
    n: randomNumber(runtime),
    state,
    live: state.clerk === here.id,
    nth: 0,
    title: '',
    topic: '',
  };
  for (const each of written) Object.assign(extended, wordsOf(state, each));
  await commit(context, pageGroup(extended, before, written, takeChanges(state), runtime.now()));
  uploads.keep(extended);
  return extended;
}

/** Title and topic, where this entry holds those that are in force. */
function wordsOf({ info }: RoomState, { header, body }: Written): Partial<Pick<Upload, 'title' | 'topic'>> {
  const checked = check(kinds.settings.body!, body ?? {});
  const { title = '', topic = '' } = checked.ok ? checked.value : {};
  const { seq } = header.pos;
  return { ...(info.title === seq ? { title } : {}), ...(info.topic === seq ? { topic } : {}) };
}

async function finish(context: Context, upload: Upload, signed: Checkpoint): Promise<Result> {
  const { here, session, rooms, hub } = context;
  const { state, live } = upload;
  if (!isVouchedFor(context, state, signed)) {
    await here.uploads.abandon(upload);
    throw new Refusal('bad-request', { field: 'checkpoint' });
  }
  here.uploads.forget(state.id);
  if (live) {
    // What came after the export is lost, and clients may hold it [rooms.md, Restore of a clerk].
    const term = clerksOwn(openTerm(state, context.runtime.now(), here.crypto));
    await commit(context, restoreGroup(upload, term));
    here.retention.changed(state.id);
    await rooms.appeared(state.id);
    for (const user of state.members.keys())
      for (const member of hub.of(user)) tellAdded({ ...context, session: member }, state.id);
    return { seq: signed.pos.seq, result: 'restored' };
  }
  await commit(context, archiveGroup(upload, session.me.person.n, signed));
  tellReader(context, state.id);
  return { seq: signed.pos.seq, result: 'archived' };
}

function isVouchedFor({ here }: Context, state: RoomState, signed: Checkpoint): boolean {
  const { pos, chain, stateHash } = signed;
  return (
    pos.term === state.head.term &&
    pos.seq === state.head.seq &&
    equalBytes(chain, state.chain) &&
    equalBytes(stateHash, new StateHash(here.crypto, state).get()) &&
    verifyCheckpoint(here.crypto, state.network, state.id, state.clerk, signed)
  );
}

const signedOf = ({ term, seq, chain, state, signature }: NonNullable<Page['checkpoint']>): Checkpoint => ({
  pos: { term, seq },
  chain,
  stateHash: state,
  signature,
});

async function commit({ store }: Context, group: Group): Promise<void> {
  try {
    const [applied] = await store.db.transaction([group]);
    // Another node was first.
    if (!applied) throw new Refusal('unavailable');
  } catch (error) {
    // Two entries of one act: no clerk writes such a log.
    if (error instanceof DatabaseError && error.kind === 'constraint')
      throw new Refusal('bad-request', { field: 'lines' });
    throw error;
  }
}

function tellReader(context: Context, room: string): void {
  for (const session of context.hub.of(context.session.me.person.id)) tellAdded({ ...context, session }, room);
}
