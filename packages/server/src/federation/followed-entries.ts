/** Entries of a log that comes from another server, as they are stored here beside what follows from them. */
import { type LogLine, type NamedPerson, serverOf } from '@parley/protocol';
import { type Crypto, clerkUser, type Followed, type Header, nameOf, type RoomState, SignedRun } from '@parley/room';
import type { Written } from '../append.ts';
import { actOf, mentionsOf, peopleOf, readBody, subjectOf } from '../entry-view.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { People } from '../people.ts';
import { actName, keyOf } from '../store/entry.ts';
import type { Store } from '../store/store.ts';
import type { Names } from './names-told.ts';

export interface FollowedEntriesOptions {
  readonly store: Pick<Store, 'entry'>;
  readonly people: People;
  readonly names: Names;
  /** This server. */
  readonly id: string;
}

/** Folds lines onto the state, which is of no use after a refusal. */
export function followAll(crypto: Crypto, here: string, state: RoomState, lines: readonly LogLine[]): Followed[] {
  const run = new SignedRun(crypto, here, state);
  const followed = lines.map(({ header, parts }) => run.next(header, parts));
  run.end();
  return followed;
}

/** @param told names of people, as far as the other side knows them */
export async function followedEntries(
  { store, names, people, id }: FollowedEntriesOptions,
  room: Pick<LoadedRoom, 'n' | 'state'>,
  headers: readonly Header[],
  lines: readonly LogLine[],
  told: readonly NamedPerson[],
): Promise<Written[]> {
  const users = new Set(headers.flatMap(peopleOf));
  users.delete(clerkUser(room.state.clerk));
  const numbers = await names.numbers([...users], told);
  // Only people of this server are told that they are meant.
  const bodies = lines.map(({ parts }) => readBody(parts[0] ?? undefined));
  const meant = bodies.map((body) => mentionsOf(body).filter((user) => serverOf(user) === id));
  const known = await people.all(meant.flat());
  const keeps = room.state.settings.retentionDays !== 0;
  const free = await namesOf(store, room, headers);
  return headers.map((header, i): Written => {
    const act = actOf(header);
    const subject = numbers.get(subjectOf(act?.data) ?? '');
    const { header: headerBytes, parts } = lines[i]!;
    return {
      header,
      headerBytes,
      name: free[i]!,
      parts: keeps || act?.kind === 'settings' ? parts : [],
      body: bodies[i],
      author: numbers.get(act?.user ?? '') ?? 0,
      ...(subject === undefined ? {} : { subject }),
      mentioned: meant[i]!.flatMap((user) => (user === act?.user ? [] : (known.get(user)?.n ?? []))),
      ...(act?.kind === 'member' ? { members: room.state.members.size } : {}),
    };
  });
}

/** Title and topic stand in the words of settings. */
export function nameRoom(room: LoadedRoom, written: readonly Written[]): void {
  const { info } = room.state;
  for (const { header, body } of written) {
    const { seq } = header.pos;
    const { title, topic } = (body ?? {}) as { title?: string; topic?: string };
    if (seq === info.title && title !== undefined) room.title = title;
    if (seq === info.topic && topic !== undefined) room.topic = topic;
  }
}

/** What names each entry: its act, unless a clerk let two acts have one name. */
async function namesOf(
  { entry }: FollowedEntriesOptions['store'],
  room: Pick<LoadedRoom, 'n'>,
  headers: readonly Header[],
): Promise<string[]> {
  const names = headers.map(({ what, pos }) => {
    const used = nameOf(what);
    return { used: used && actName(used.user, used.clientId), place: actName('', `pos:${pos.term}:${pos.seq}`) };
  });
  const asked = names.flatMap(({ used }) => (used === undefined ? [] : [keyOf(used)]));
  const taken = new Set((await entry.byActs(room.n, asked)).keys());
  return names.map(({ used, place }) => {
    if (used === undefined || taken.has(used)) return place;
    taken.add(used);
    return used;
  });
}
