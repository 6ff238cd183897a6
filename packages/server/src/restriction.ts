/** When mutes and bans end, for showing: the clerk has noted it, others reckon it from the entry. */
import type { Restriction } from '@parley/room';
import type { Context } from './context.ts';
import type { LoadedRoom } from './loaded-room.ts';

/** Unix ms by person; null = until lifted. */
export async function endsOf(
  { store, here }: Pick<Context, 'store' | 'here'>,
  { n, state }: Pick<LoadedRoom, 'n' | 'state'>,
  kind: 'mute' | 'ban',
  restrictions: Iterable<readonly [user: string, restriction: Restriction]>,
): Promise<Map<string, number | null>> {
  const all = [...restrictions];
  if (state.clerk === here.id) return new Map(all.map(([user]) => [user, state.due.get(`${kind}/${user}`) ?? null]));
  const timed = all.filter(([, { durationMs }]) => durationMs !== null);
  const times = await store.entry.times(
    n,
    timed.map(([, { since }]) => since),
  );
  return new Map(
    all.map(([user, { since, durationMs }]) => {
      const at = times.get(since);
      return [user, durationMs === null || at === undefined ? null : at + durationMs];
    }),
  );
}
