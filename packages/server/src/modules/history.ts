/** Reading the log. */
import { type Handlers, type Page, type Payload, type Protocol, Refusal } from '@parley/protocol';
import { type Range, within } from '@parley/room';
import { readableBy, readerOf } from '../access.ts';
import type { Context } from '../context.ts';
import { viewEntries } from '../history-view.ts';
import { actKey, type EntryRecord } from '../store/entry.ts';

export const history: Handlers<Protocol['history'], Context> = {
  async page(context, payload) {
    const access = await readerOf(context, payload.room);
    const { room } = access;
    const ranges = await readableBy(context, access);
    const { before, after, around, at } = payload;
    if ([before, after, around, at].filter((value) => value !== undefined).length > 1) throw new Refusal('bad-request');
    const middle = at === undefined ? around : ((await context.store.entry.seqAt(room.n, at)) ?? room.committed.seq);
    const read = { context, room: room.n, ranges, rows: payload.show === 'rows' };
    const found =
      middle === undefined ? await readOneWay(read, payload) : await readAround(read, middle, payload.limit);
    const entries = await viewEntries(context, room, found, payload.show === 'rows');
    return { entries, ...bounds(found, ranges, payload, middle) };
  },

  async pins(context, { room: id }) {
    const access = await readerOf(context, id);
    const { room } = access;
    const ranges = await readableBy(context, access);
    const pins = [...room.state.pins.values()].sort((a, b) => b.since - a.since);
    const found = await Promise.all(
      pins.map(({ user, clientId }) => context.store.entry.byAct(room.n, actKey(user, clientId))),
    );
    const seen = found.filter((entry): entry is EntryRecord => entry !== undefined && within(ranges, entry.seq));
    return { entries: await viewEntries(context, room, seen, true) };
  },

  async edits(context, { room: id, seq }) {
    const access = await readerOf(context, id);
    const { room } = access;
    const ranges = await readableBy(context, access);
    const first = within(ranges, seq) ? await context.store.entry.bySeq(room.n, seq) : undefined;
    if (!first) throw new Refusal('not-found');
    const about = await context.store.entry.about(room.n, [first.act]);
    const edits = about.filter((entry) => entry.kind === 'edit' && within(ranges, entry.seq));
    return { entries: await viewEntries(context, room, [first, ...edits].slice(0, 100), false) };
  },
};

interface Reading {
  context: Context;
  room: number;
  ranges: readonly Range[];
  rows: boolean;
}

async function readOneWay(read: Reading, { before, after, limit }: Payload<'history.page'>): Promise<EntryRecord[]> {
  if (after !== undefined) return forwards(read, after + 1, limit);
  return (await backwards(read, (before ?? Number.MAX_SAFE_INTEGER) - 1, limit)).reverse();
}

async function readAround(read: Reading, middle: number, limit: number): Promise<EntryRecord[]> {
  const earlier = await backwards(read, middle - 1, Math.floor(limit / 2));
  const later = await forwards(read, middle, limit - earlier.length);
  return [...earlier.reverse(), ...later];
}

async function forwards({ context, room, ranges, rows }: Reading, from: number, limit: number): Promise<EntryRecord[]> {
  const out: EntryRecord[] = [];
  for (const range of ranges) {
    if (range.to < from || out.length >= limit) continue;
    out.push(
      ...(await context.store.entry.forwards(
        room,
        { from: Math.max(from, range.from), to: range.to },
        limit - out.length,
        rows,
      )),
    );
  }
  return out;
}

async function backwards({ context, room, ranges, rows }: Reading, to: number, limit: number): Promise<EntryRecord[]> {
  const out: EntryRecord[] = [];
  for (const range of [...ranges].reverse()) {
    if (range.from > to || out.length >= limit) continue;
    out.push(
      ...(await context.store.entry.backwards(
        room,
        { from: range.from, to: Math.min(to, range.to) },
        limit - out.length,
        rows,
      )),
    );
  }
  return out;
}

/** What was looked at, and whether there is more on either side. */
function bounds(
  found: readonly EntryRecord[],
  ranges: readonly Range[],
  payload: Payload<'history.page'>,
  middle: number | undefined,
): Omit<Page, 'entries'> {
  const first = ranges[0]?.from ?? 0;
  const last = ranges.at(-1)?.to ?? 0;
  const { before, after, limit } = payload;
  const full = found.length >= limit;
  const low = found[0]?.seq ?? Math.min(last, before ?? after ?? middle ?? last);
  const high = found.at(-1)?.seq ?? low;
  const forward = after !== undefined;
  const reachesEnd = middle === undefined && !forward ? before === undefined : !full;
  const reachesStart = forward ? false : middle === undefined ? !full : low <= first;
  const from = reachesStart ? first : forward ? Math.min(after! + 1, high) : low;
  const to = reachesEnd ? last : before !== undefined ? Math.max(before - 1, high) : high;
  return { from, to, before: from > first, after: to < last };
}
