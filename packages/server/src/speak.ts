/** Turns requests into drafts: who acts on which device, and a guest's first words make them a person of the database. */
import { limits, type Payload, Refusal, toBase32 } from '@parley/protocol';
import type { Context } from './context.ts';
import { type Draft, type Entered, refusalOf } from './draft.ts';
import { nameLabel } from './store/user.ts';

/** The caller's act, without its kind. */
export function mine({ session }: Context, clientId: string): Pick<Draft, 'author' | 'device' | 'clientId'> {
  const { person, session: device } = session.me;
  return { author: person, device, clientId };
}

/** One act of the caller in a room, answered when it is on disk. */
export async function act(context: Context, room: string, draft: Omit<Draft, 'author' | 'device'>) {
  const { seq, term, at } = await context.rooms.act(room, { ...mine(context, draft.clientId), ...draft });
  return { outcome: 'entry' as const, term, seq, at };
}

/** Refuses with `too-many` when the caller is in as many rooms as an account may be. */
export async function mayEnterAnother({ store, session }: Context): Promise<void> {
  if ((await store.room.of(session.me.person.n)).length >= limits.roomsPerAccount) throw new Refusal('too-many');
}

/** A guest's row, made when they first speak. A name that was taken meanwhile gets an addition. */
export async function makeStored({ session, store, people, runtime }: Context): Promise<void> {
  const who = session.me;
  if (who.stored) return;
  const { person } = who;
  if (!(await store.person.insert(person, nameLabel(person.name)))) {
    const here = await store.person.byId(person.id);
    if (!here) {
      person.name = `${person.name.slice(0, 24)}-${toBase32(runtime.randomBytes(4))}`;
      if (!(await store.person.insert(person, nameLabel(person.name)))) throw new Refusal('name-taken');
    }
  }
  people.put(person);
  who.stored = true;
}

/** A message, and before it the joining of somebody who only watched. */
export async function say(context: Context, { room, clientId, body }: Payload<'message.send'>): Promise<Entered> {
  const { session, rooms, people } = context;
  const mentions = body.mentions ?? [];
  if (mentions.length > 0) await people.load(mentions);
  const mentioned = mentions.flatMap((id) => people.get(id) ?? []);
  const message: Draft = { ...mine(context, clientId), kind: 'message', body, mentioned };
  if (!session.watching.has(room)) return rooms.act(room, message);
  await makeStored(context);
  const outcomes = await rooms.submit(room, [joining(context, `join:${clientId}`), message]);
  const outcome = outcomes[1];
  if (outcome?.type !== 'entry') throw refusalOf(outcome);
  return outcome;
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
