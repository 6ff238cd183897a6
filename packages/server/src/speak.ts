/** Turns requests into drafts: who acts on which device, and a guest's first words make them a person of the database. */
import { limits, type Payload, Refusal, toBase32 } from '@parley/protocol';
import type { Context } from './context.ts';
import { type Draft, type Outcome, refusalOf } from './draft.ts';
import { nameLabel, type PersonRecord } from './store/user.ts';

/** The caller's act, without its kind. */
export function mine({ session, people }: Context, clientId: string): Pick<Draft, 'author' | 'device' | 'clientId'> {
  const { person, session: device } = session.me;
  // The entry will be told with the author's name.
  people.put(person);
  return { author: person, device, clientId };
}

/** Acts after which somebody may do other things than before: what comes next waits until they are on disk. */
const changesRights = new Set(['member', 'role', 'settings', 'mute', 'unmute']);

/** Places acts of the caller, and lets the connection's next act follow. */
export function place({ rooms, session }: Context, room: string, drafts: readonly Draft[]): Promise<Outcome[]> {
  const outcomes = rooms.submit(room, drafts);
  const { kind, clientId } = drafts.at(-1)!;
  if (!changesRights.has(kind)) session.turns.placed(room, clientId);
  return outcomes;
}

/** One act of the caller in a room, answered when it is on disk; a refusal is thrown. */
export async function act(context: Context, room: string, draft: Omit<Draft, 'author' | 'device'>) {
  const [outcome] = await place(context, room, [{ ...mine(context, draft.clientId), ...draft }]);
  return replyOf(outcome);
}

/** What the client is told of an outcome; a refusal is thrown. */
export function replyOf(outcome: Outcome | undefined) {
  if (outcome?.type === 'queued') return { outcome: 'queued' as const };
  if (outcome?.type !== 'entry') throw refusalOf(outcome);
  const { seq, term, at } = outcome;
  return { outcome: 'entry' as const, term, seq, at };
}

/** Refuses with `too-many` when the caller is in as many rooms as an account may be. */
export async function mayEnterAnother({ store, session }: Context): Promise<void> {
  if ((await store.room.of(session.me.person.n)).length >= limits.roomsPerAccount) throw new Refusal('too-many');
}

/** A guest's rows, made when they first speak: the person and the session, so that the token stays good. */
async function makeStored({ session, store, people, here }: Context): Promise<void> {
  const who = session.me;
  if (who.stored) return;
  const { person, session: id, device } = who;
  await storeGuest({ store, people }, person);
  const token = here.guests?.take(who);
  const { address } = session.link.peer;
  const record = { id, person: person.n, device, createdAt: person.createdAt, seenAt: person.createdAt, address };
  if (token) await store.session.insert(record, token);
  who.stored = true;
}

/** The row of a guest who speaks or is spoken of. A name that was taken meanwhile gets an addition. */
export async function storeGuest(
  { store, people }: Pick<Context, 'store' | 'people'>,
  person: PersonRecord,
): Promise<void> {
  if (!(await store.person.insert(person, nameLabel(person.name))) && !(await store.person.byId(person.id))) {
    person.name = `${person.name.slice(0, 24)}-${person.id.slice(0, 7)}`;
    if (!(await store.person.insert(person, nameLabel(person.name)))) throw new Refusal('name-taken');
  }
  people.put(person);
}

/** A message, and before it the joining of somebody who only watched. */
export async function say(
  context: Context,
  { room, clientId, body }: Payload<'message.send'>,
  isWatching: boolean,
): Promise<Outcome | undefined> {
  const { people, runtime } = context;
  const { mentions = [] } = body;
  const known = mentions.length > 0 ? await people.all(mentions) : undefined;
  if (isWatching) await makeStored(context);
  const message: Draft = { ...mine(context, clientId), kind: 'message', body, mentioned: [...(known?.values() ?? [])] };
  const drafts = isWatching ? [joining(context, `join:${toBase32(runtime.randomBytes(10))}`), message] : [message];
  return (await place(context, room, drafts)).at(-1);
}

/** The caller joins. Guests stay guests in every room. */
export function joining(context: Context, clientId: string): Draft {
  const { person } = context.session.me;
  const guest = person.kind === 'guest' ? { guest: true } : {};
  return {
    ...mine(context, clientId),
    kind: 'member',
    data: { change: 'join', subject: person.id, ...guest },
    subject: person,
  };
}
