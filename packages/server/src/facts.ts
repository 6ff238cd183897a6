/** What the disk knows of an act before it is placed: what it names, and whether the same was done already. */
import { type Facts, pinKey, targetKind } from '@parley/room';
import { again, type Draft } from './draft.ts';
import { readBody } from './entry-view.ts';
import type { LoadedRoom } from './loaded-room.ts';
import type { PlacedAct } from './run.ts';
import { actName, type EntryRecord, keyOf, keyText } from './store/entry.ts';
import type { Store } from './store/store.ts';

type Entries = Pick<Store, 'entry'>;

const takesAway = new Set(['redact', 'unreact']);

/** Those that want the name of another room. Two that want a free one at once: the disk decides, and one comes back. */
export async function takenNames(
  store: Entries & Pick<Store, 'room'>,
  room: LoadedRoom,
  drafts: readonly Draft[],
): Promise<ReadonlySet<Draft>> {
  const taken = new Set<Draft>();
  for (const draft of drafts) {
    const alias = draft.kind === 'settings' ? draft.data?.alias : undefined;
    const holder = typeof alias === 'string' ? await store.room.byAlias(alias) : undefined;
    if (holder !== undefined && holder !== room.id) taken.add(draft);
  }
  return taken;
}

/** What an act names, as it stands: on disk, or on its way there. */
export async function factsOf(
  { entry }: Entries,
  room: LoadedRoom,
  { kind, target }: Pick<Draft, 'kind' | 'target'>,
): Promise<Facts> {
  if (!target || !targetKind(kind)) return {};
  const name = actName(target.user, target.clientId);
  const key = keyOf(name);
  // First what is on its way: by the time the disk has answered it may have arrived.
  const underWay = room.placed.get(name);
  const going = [...room.placed.values()].some((placed) => placed.target === name && takesAway.has(placed.kind));
  const found = underWay ?? (await entry.byAct(room.n, key));
  if (!found) return {};
  return { target: { kind: found.kind, gone: going || (await entry.isGone(room.n, key)) } };
}

/** The same emoji again is the same reaction. */
export async function sameReaction(
  store: Entries,
  room: LoadedRoom,
  draft: Pick<Draft, 'author' | 'target' | 'body'>,
): Promise<EntryRecord | undefined> {
  const name = actName(draft.target!.user, draft.target!.clientId);
  const isOnItsWay = [...room.placed.values()].some((placed) => placed.kind === 'react' && placed.target === name);
  if (isOnItsWay) await room.settled();
  return storedReaction(store, room, draft);
}

/** The same reaction as it is on disk, unless it is being taken back. */
export async function storedReaction(
  { entry }: Entries,
  room: LoadedRoom,
  { author, target, body }: Pick<Draft, 'author' | 'target' | 'body'>,
): Promise<EntryRecord | undefined> {
  const emoji = emojiOf(body);
  // Of a room that keeps nothing the words are lost with the outbox's memory.
  if (emoji === undefined) return undefined;
  const name = actName(target!.user, target!.clientId);
  const own = await entry.reactionsOf(room.n, keyOf(name), author.n);
  const parts = await entry.parts(
    room.n,
    own.map(({ seq }) => seq),
  );
  const going = new Set(
    [...room.placed.values()].flatMap(({ kind, target: on }) => (kind === 'unreact' ? (on ?? []) : [])),
  );
  return own.find(({ seq, act }) => emojiOf(readBody(parts.get(`${seq}/0`))) === emoji && !going.has(keyText(act)));
}

/** The emoji of a reaction's content, where it has that form. */
export const emojiOf = (body: unknown): unknown => (body as { emoji?: unknown } | null)?.emoji;

/** To pin what is pinned, or to unpin what was unpinned, is what was done then. */
export async function samePinning(
  { entry }: Entries,
  room: LoadedRoom,
  { kind, target }: Pick<Draft, 'kind' | 'target'>,
): Promise<PlacedAct | undefined> {
  const { user, clientId } = target!;
  if (room.state.pins.has(pinKey(user, clientId)) !== (kind === 'pin')) return undefined;
  const name = actName(user, clientId);
  const underWay = [...room.placed.values()].findLast((placed) => placed.kind === kind && placed.target === name);
  if (underWay) return { outcome: again(underWay.pos, underWay.at), durable: underWay.durable };
  const stored = await entry.lastOn(room.n, keyOf(name), kind);
  return stored && { outcome: again(stored, stored.at) };
}
