/** Reading the log. */
import {
  type Handlers,
  limits,
  type MessageRef,
  type Payload,
  type Protocol,
  type RawEntry,
  Refusal,
} from '@parley/protocol';
import { within } from '@parley/room';
import { type Access, permittedTo, readableBy, readerOf } from '../access.ts';
import type { Context } from '../context.ts';
import { sizeOf, viewEntries } from '../history-view.ts';
import { boundsOf, fitted, type PageQuery, readPage } from '../paging.ts';
import { actKey, keyText } from '../store/entry.ts';

/** Entries of one reply: what frames them still fits. */
const mostBytes = Math.floor(limits.frameBytes * 0.9);

export const history: Handlers<Protocol['history'], Context> = {
  async page(context, payload) {
    const { entry } = context.store;
    const access = await readerOf(context, payload.room);
    const { room } = access;
    const query = await queryOf(context, room.n, payload);
    const more = await fetchEarlier(context, access, query, payload.limit);
    const ranges = await readableBy(context, access);
    const rows = payload.show === 'rows';
    const source = {
      forwards: (range: { from: number; to: number }, limit: number) => entry.forwards(room.n, range, limit, rows),
      backwards: (range: { from: number; to: number }, limit: number) => entry.backwards(room.n, range, limit, rows),
    };
    const page = await readPage(source, ranges, query, payload.limit);
    const entries = await viewEntries(context, room, page.entries, rows ? ranges : undefined);
    const cut = fitted({ ...page, entries }, entries.map(sizeOf), mostBytes);
    const bounds = boundsOf(cut, ranges, query);
    return {
      entries: cut.entries,
      ...bounds,
      before: bounds.before || (more && bounds.from <= (ranges[0]?.from ?? 0)),
    };
  },

  async pins(context, { room: id }) {
    const access = await readerOf(context, id);
    const { room } = access;
    const ranges = await readableBy(context, access);
    const keys = [...room.state.pins.values()]
      .sort((a, b) => b.since - a.since)
      .map(({ user, clientId }) => actKey(user, clientId));
    const found = await context.store.entry.byActs(room.n, keys);
    const seen = keys.flatMap((key) => found.get(keyText(key)) ?? []).filter(({ seq }) => within(ranges, seq));
    return { entries: fit(await viewEntries(context, room, seen, ranges), 0) };
  },

  async edits(context, { room: id, seq }) {
    const access = await readerOf(context, id);
    const { room } = access;
    const { entry } = context.store;
    const ranges = await readableBy(context, access);
    const first = within(ranges, seq) ? await entry.bySeq(room.n, seq) : undefined;
    if (first?.kind !== 'message') throw new Refusal('not-found');
    const changes = await entry.changes(room.n, [first.act]);
    const edits = changes.filter((each) => each.kind === 'edit' && within(ranges, each.seq)).map((each) => each.seq);
    const versions = [first, ...(await entry.bySeqs(room.n, edits.slice(0, limits.page - 1)))];
    const views = await viewEntries(context, room, versions);
    return { entries: fit(views, views.length - 1) };
  },
};

/**
 * Of another server's room, what is before the page that is asked for.
 * @returns whether there is more that the caller may read, before what is here then
 */
async function fetchEarlier(context: Context, access: Access, query: PageQuery, limit: number): Promise<boolean> {
  const { room } = access;
  const { here } = context;
  if (room.archive || room.state.clerk === here.id || 'after' in query) return false;
  const first = (await permittedTo(context, access))[0]?.from;
  if (first === undefined) return false;
  const end = 'before' in query ? Math.min(query.before, room.committed.seq) : query.around;
  const { from, isCut } = await here.across.backfill.reach(room, Math.max(first, end - limit));
  return from > first && !isCut;
}

/** Entries from the one at `centre` on, as many as fit a frame. */
function fit(entries: RawEntry[], centre: number): RawEntry[] {
  const page = { entries, centre, reachesStart: true, reachesEnd: true };
  return fitted(page, entries.map(sizeOf), mostBytes).entries;
}

async function queryOf(
  { store }: Context,
  room: number,
  { before, after, around, at, of }: Payload<'history.page'>,
): Promise<PageQuery> {
  const asked = [before, after, around, at, of].filter((place) => place !== undefined);
  if (asked.length > 1) throw new Refusal('bad-request');
  if (after !== undefined) return { after };
  if (around !== undefined) return { around };
  if (of !== undefined) return { around: await seqOf(store, room, of) };
  if (at !== undefined) return { around: (await store.entry.seqAt(room, at)) ?? Number.MAX_SAFE_INTEGER };
  return { before: before ?? Number.MAX_SAFE_INTEGER };
}

/** What the caller may not read they do not find either: the page leaves it out. */
async function seqOf({ entry }: Context['store'], room: number, { user, clientId }: MessageRef): Promise<number> {
  const found = await entry.byAct(room, actKey(user, clientId));
  if (found?.kind !== 'message') throw new Refusal('not-found');
  return found.seq;
}
