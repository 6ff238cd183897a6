/** Everything that is said from now on, in some rooms or in all that one is in or comes into. */
import type { RawEntry } from '@parley/protocol';
import type { Connected } from './connect.ts';
import { Merged } from './merged.ts';

/** @param only ids of rooms; all when absent. Ends when the signal aborts. */
export function followRooms({ client, signal }: Connected, only?: readonly string[]): AsyncIterable<RawEntry> {
  const merged = new Merged<RawEntry>();
  const followed = new Set<string>();
  const add = (id: string) => {
    const room = followed.has(id) ? undefined : client.room(id);
    if (!room) return;
    followed.add(id);
    // From where it stood when it came, for something may have been said before this is noticed.
    merged.add(room.entries({ since: room.summary.get().view.head.seq, signal }));
  };
  if (only) {
    for (const id of only) add(id);
    return merged;
  }
  const present = () => new Set(client.rooms.get().map(({ view }) => view.id));
  for (const id of present()) add(id);
  merged.add(comings(present, followed, add, client.rooms.values(signal)));
  return merged;
}

/** Brings nothing itself: it keeps the list of followed rooms up to date, one that is left and joined again included. */
async function* comings(
  present: () => Set<string>,
  followed: Set<string>,
  add: (id: string) => void,
  changes: AsyncIterable<unknown>,
): AsyncGenerator<RawEntry, void, void> {
  const nothing: RawEntry[] = [];
  for await (const _ of changes) {
    const now = present();
    for (const id of followed) if (!now.has(id)) followed.delete(id);
    for (const id of now) add(id);
    yield* nothing;
  }
}
