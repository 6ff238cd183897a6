/** Sessions of devices: tokens are shown once and kept as hashes. */
import { createHash } from 'node:crypto';
import { limits, Refusal, type SignedIn, toBase32 } from '@parley/protocol';
import type { Context } from './context.ts';
import type { Runtime } from './runtime.ts';
import type { Session, Who } from './session.ts';
import { allHidden } from './store/privacy.ts';
import type { PersonRecord } from './store/user.ts';

export const hashToken = (token: string): Uint8Array => new Uint8Array(createHash('sha256').update(token).digest());
export const newToken = (runtime: Runtime): string => toBase32(runtime.randomBytes(32));
export const newSessionId = (runtime: Runtime): string => toBase32(runtime.randomBytes(10));

/**
 * Runs what signs in. Refuses on a connection that is signed in or about to be, so that nobody's rooms are mixed up with
 * another's.
 */
export async function signingIn(session: Session, work: () => Promise<SignedIn>): Promise<SignedIn> {
  if (session.who || session.signingIn) throw new Refusal('already-signed-in');
  session.signingIn = true;
  try {
    return await work();
  } finally {
    session.signingIn = false;
  }
}

/** Signs a stored person in on this connection, as a new device. */
export async function open(context: Context, person: PersonRecord, device: string): Promise<SignedIn> {
  const { store, session, people, runtime } = context;
  const others = await store.session.of(person.n);
  if (others.length >= limits.sessionsPerAccount) throw new Refusal('too-many');
  const token = newToken(runtime);
  const id = newSessionId(runtime);
  const now = runtime.now();
  const { address } = session.link.peer;
  await store.session.insert({ id, person: person.n, device, createdAt: now, seenAt: now, address }, hashToken(token));
  people.put(person);
  await enterStored(context, { person, session: id, device });
  return signedInView(session, token);
}

/** From now on the connection is somebody's. */
export function enter({ session, hub }: Context, who: Who): void {
  session.who = who;
  hub.signedIn(session);
}

/** Nothing is told of whoever is not known to want it told; what is set on another device meanwhile stays. */
async function enterStored(context: Context, device: Pick<Who, 'person' | 'session' | 'device'>): Promise<void> {
  const who: Who = { ...device, stored: true, privacy: allHidden };
  enter(context, who);
  const privacy = await context.store.privacy.get(who.person.n);
  if (who.privacy === allHidden) who.privacy = privacy;
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

/** Signs in with the token of an earlier sign-in. A session that is ended meanwhile stays ended. */
export async function resume(context: Context, token: string): Promise<SignedIn> {
  const { store, session, hub, here, runtime, people } = context;
  const hash = hashToken(token);
  const guest = here.guests?.resume(hash);
  if (guest) {
    enter(context, guest);
    return signedInView(session, token);
  }
  const record = await store.session.byToken(hash);
  const person = record && (await store.person.byNumber(record.person));
  if (!record || !person || person.erased) throw new Refusal('session-ended');
  people.put(person);
  await enterStored(context, { person, session: record.id, device: record.device });
  const isThere = await store.session.seen(record.id, runtime.now(), session.link.peer.address);
  if (isThere && session.who) return signedInView(session, token);
  hub.signedOut(session);
  throw new Refusal('session-ended');
}

/** Ends the session of this connection, here and wherever else it was resumed. The connection stays. */
export async function endSession({ session, store, hub, here }: Context): Promise<void> {
  const { who } = session;
  if (!who) return;
  const { person, session: id, stored } = who;
  hub.signedOut(session);
  if (stored) await store.session.remove(id, person.n);
  else here.guests?.take(who);
  hub.end(person.id, [id]);
}
