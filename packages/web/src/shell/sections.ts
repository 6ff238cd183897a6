/** The room list in sections. Alphabetical within each: rows stay where one left them, whatever is said in them. */
import type { RoomSummary } from '@parley/client';
import { roomTag } from '../ui/name.ts';

export interface Section {
  /** Also its key in the preferences. */
  name: string;
  rooms: readonly RoomSummary[];
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function sectionsOf(rooms: readonly RoomSummary[], hidden: ReadonlySet<string>): Section[] {
  const sections: Record<string, RoomSummary[]> = {
    People: [],
    Rooms: [],
    'By invitation': [],
    'Looking in': [],
    Archives: [],
  };
  for (const room of rooms) if (!hidden.has(room.view.id)) sections[sectionOf(room)]?.push(room);
  return Object.entries(sections)
    .filter(([, held]) => held.length > 0)
    .map(([name, held]) => ({
      name,
      rooms: held.toSorted((a, b) => collator.compare(roomTag(a), roomTag(b))),
    }));
}

function sectionOf({ view }: RoomSummary): string {
  if (view.direct) return 'People';
  if (view.me.membership === 'watching') return 'Looking in';
  if (view.me.membership === 'archive') return 'Archives';
  return view.joinRule === 'public' ? 'Rooms' : 'By invitation';
}

/** The room `step` places further in the order of the list, around the ends; only those with unread when `unread`. */
export function neighbour(
  sections: readonly Section[],
  /** Its id. */
  current: string | undefined,
  step: 1 | -1,
  unread: boolean,
): RoomSummary | undefined {
  const all = sections.flatMap(({ rooms }) => rooms);
  const at = all.findIndex(({ view }) => view.id === current);
  const start = at < 0 ? (step === 1 ? -1 : 0) : at;
  for (let i = 1; i <= all.length; i++) {
    const room = all[(start + i * step + all.length * 2) % all.length];
    if (room && (!unread || room.unread > 0 || room.mentions > 0)) return room;
  }
  return undefined;
}
