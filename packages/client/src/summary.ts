/** What the list of rooms shows of one room, and what the store holds of it. */
import { type Content, check, type Position, position, type RawEntry, type RoomView, roomView } from '@parley/protocol';
import type { RoomSummary } from './api.ts';
import { fromBytes } from './keys.ts';
import { bodyOf } from './row.ts';
import type { Counts } from './unread.ts';

export interface HeldRoom extends Counts {
  view: RoomView;
  head: Position;
  last: RoomSummary['last'];
  /** A marker that was set here and that the server has not confirmed. */
  unsentMarker: number | undefined;
}

/** Reads what the store holds of a room; undefined when it is of another form. */
export function readHeld(bytes: Uint8Array): HeldRoom | undefined {
  const held = fromBytes(bytes) as Partial<HeldRoom> | undefined;
  const view = check(roomView, held?.view);
  const head = check(position, held?.head);
  if (!held || !view.ok || !head.ok) return undefined;
  const { last, unsentMarker } = held;
  return {
    view: view.value,
    head: head.value,
    marker: number(held.marker),
    unread: number(held.unread),
    mentions: number(held.mentions),
    last:
      typeof last?.text === 'string' && typeof last.name === 'string' ? { ...last, at: number(last.at) } : undefined,
    unsentMarker: typeof unsentMarker === 'number' ? unsentMarker : undefined,
  };
}

const number = (value: unknown): number => (Number.isSafeInteger(value) ? (value as number) : 0);

/** The newest message of some rows, for the list of rooms; empty text where it was deleted. */
export function lastOf(rows: readonly RawEntry[]): RoomSummary['last'] {
  const row = rows.findLast(({ kind }) => kind === 'message');
  if (!row) return undefined;
  const body = bodyOf(row, (row.body ?? null) as Content | null);
  return { text: body?.text ?? '', name: row.display ?? row.name, at: row.at };
}

export const sameSummary = (a: RoomSummary, b: RoomSummary): boolean =>
  a.view === b.view &&
  a.server === b.server &&
  a.unread === b.unread &&
  a.mentions === b.mentions &&
  a.marker === b.marker &&
  a.draft === b.draft &&
  a.last?.text === b.last?.text &&
  a.last?.name === b.last?.name &&
  a.last?.at === b.last?.at;
