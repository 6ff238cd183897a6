/** Hello, signing in and out, devices. */
import {
  type Handlers,
  keyProof,
  limits,
  type Protocol,
  protocolVersion,
  Refusal,
  type SignedIn,
  toBase32,
} from '@parley/protocol';
import type { Context } from '../context.ts';
import { newPerson } from '../person.ts';
import { endSession, hashToken, notYet, open, signedInView } from '../sign-in.ts';

const challengeMs = 60_000;

export const session: Handlers<Protocol['session'], Context> = {
  async hello({ session, here, runtime }, { versions }) {
    if (!versions.includes(protocolVersion)) throw new Refusal('unsupported-version');
    session.version = protocolVersion;
    return {
      version: protocolVersion,
      features: [],
      server: { id: here.id, name: here.name, network: here.network },
      signUp: here.signUpOpen(session) ? 'open' : 'invite',
      guests: here.guests !== undefined,
      now: runtime.now(),
    };
  },

  async ping({ runtime }) {
    return { now: runtime.now() };
  },

  async signIn(context, { name, password, device }) {
    notYet(context);
    context.here.rates.chargeAttempt(name);
    const person = await context.store.person.byLabel(`@${name}`);
    const { passwords } = context.here;
    const { isRight, isOutdated } = await passwords.check(password, person?.password ?? undefined);
    if (!person || !isRight || person.erased) throw new Refusal('bad-credentials');
    if (isOutdated) await context.store.person.setPassword(person.n, await passwords.hash(password));
    return open(context, person, device);
  },

  async challenge({ session, runtime }, { purpose }) {
    const bytes = runtime.randomBytes(32);
    session.challenge = { purpose, bytes, expiresAt: runtime.elapsed() + challengeMs };
    return { challenge: bytes, expiresMs: challengeMs };
  },

  async signInWithKey(context, { key, signature, device }) {
    notYet(context);
    proveKey(context, 'sign-in', key, signature);
    const person = await context.store.person.byKey(key);
    if (!person || person.erased) throw new Refusal('bad-credentials');
    return open(context, person, device);
  },

  async resume(context, { token }): Promise<SignedIn> {
    notYet(context);
    const { store, session, hub, here, runtime, people } = context;
    const hash = hashToken(token);
    const guest = here.guests?.resume(hash.toHex());
    if (guest) {
      session.who = guest;
    } else {
      const record = await store.session.byToken(hash);
      const person = record && (await store.person.byNumber(record.person));
      if (!record || !person || person.erased) throw new Refusal('session-ended');
      await store.session.seen(record.id, runtime.now(), session.link.peer.address);
      people.put(person);
      session.who = { person, session: record.id, device: record.device, stored: true };
    }
    hub.signedIn(session);
    return signedInView(session, token);
  },

  async issue(context, { name, device }) {
    const person = await newPerson(context, { name, display: null, kind: 'bot', password: null, serverRole: 'user' });
    const token = toBase32(context.runtime.randomBytes(32));
    const id = toBase32(context.runtime.randomBytes(10));
    const now = context.runtime.now();
    await context.store.session.insert(
      { id, person: person.n, device, createdAt: now, seenAt: now, address: '' },
      hashToken(token),
    );
    return { token, session: id, user: person.id, name, kind: 'bot', serverRole: 'user' };
  },

  async list({ session, store, hub }) {
    const { person, session: current } = session.me;
    const online = new Set(hub.of(person.id).map((other) => other.me.session));
    const records = await store.session.of(person.n);
    const kind = person.kind === 'imported' ? 'person' : person.kind;
    return {
      sessions: records.slice(0, limits.sessionsPerAccount).map((record) => ({
        id: record.id,
        device: record.device,
        kind,
        createdAt: record.createdAt,
        lastSeenAt: record.seenAt,
        address: record.address,
        current: record.id === current,
        online: online.has(record.id),
      })),
    };
  },

  async revoke({ session, store, hub }, { session: id }) {
    const { person } = session.me;
    if (!(await store.session.remove(id, person.n))) throw new Refusal('not-found');
    hub.end(person.id, [id]);
    return {};
  },

  async signOut(context) {
    await endSession(context);
    return {};
  },
};

/** Takes the challenge, whatever comes of it: it is good for one try. */
export function proveKey(
  { session, here, runtime }: Context,
  purpose: 'sign-in' | 'add-key',
  key: Uint8Array,
  signature: Uint8Array,
): void {
  const { challenge } = session;
  session.challenge = undefined;
  if (!challenge || challenge.purpose !== purpose || challenge.expiresAt < runtime.elapsed())
    throw new Refusal('bad-challenge');
  if (!here.crypto.verify(key, keyProof(purpose, here.id, challenge.bytes), signature))
    throw new Refusal('bad-challenge');
}
