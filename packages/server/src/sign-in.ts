/** Sessions of devices: tokens are shown once and kept as hashes. */
import { createHash } from 'node:crypto';
import { limits, Refusal, type SignedIn, toBase32 } from '@parley/protocol';
import type { Context } from './context.ts';
import type { Session } from './session.ts';
import type { PersonRecord } from './store/user.ts';

export const hashToken = (token: string): Uint8Array => new Uint8Array(createHash('sha256').update(token).digest());

/** Refuses on a connection that is signed in, so that nobody's rooms are mixed up with another's. */
export function notYet({ session }: Pick<Context, 'session'>): void {
  if (session.who) throw new Refusal('already-signed-in');
}

/** Signs a stored person in on this connection, as a new device. */
export async function open(context: Context, person: PersonRecord, device: string): Promise<SignedIn> {
  const { store, session, hub, people, runtime } = context;
  const token = toBase32(runtime.randomBytes(32));
  const id = toBase32(runtime.randomBytes(10));
  const now = runtime.now();
  const others = await store.session.of(person.n);
  if (others.length >= limits.sessionsPerAccount) throw new Refusal('too-many');
  const record = { id, person: person.n, device, createdAt: now, seenAt: now, address: session.link.peer.address };
  await store.session.insert(record, hashToken(token));
  notYet(context);
  people.put(person);
  session.who = { person, session: id, device, stored: true };
  hub.signedIn(session);
  return signedInView(session, token);
}

export function signedInView(session: Session, token: string): SignedIn {
  const { person, session: id } = session.me;
  return {
    token,
    session: id,
    user: person.id,
    name: person.name,
    ...(person.display === null ? {} : { display: person.display }),
    kind: person.kind === 'imported' ? 'person' : person.kind,
    serverRole: person.serverRole,
  };
}

/** Ends the session of this connection, here and wherever else it was resumed. */
export async function endSession({ session, store, hub, here }: Context): Promise<void> {
  const { person, session: id, stored } = session.me;
  if (stored) await store.session.remove(id, person.n);
  const rooms = [...session.following];
  hub.signedOut(session);
  here.presence.changed(session, rooms);
  session.who = undefined;
  session.watching.clear();
  hub.end(person.id, [id]);
}
