/** Hello, signing in and out, devices. */
import {
  type Handlers,
  type KeyPurpose,
  keyProof,
  limits,
  type Protocol,
  protocolVersion,
  Refusal,
} from '@parley/protocol';
import type { Context } from '../context.ts';
import { newPerson } from '../person.ts';
import { endSession, hashToken, newSessionId, newToken, open, resume, signingIn } from '../sign-in.ts';
import { nameLabel } from '../store/user.ts';

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

  signIn: (context, { name, password, device }) =>
    signingIn(context.session, async () => {
      const { here, store, session } = context;
      here.rates.chargeAttempt(name, session.link.peer.address);
      const person = await store.person.byLabel(nameLabel(name));
      const { isRight, isOutdated } = await here.passwords.check(password, person?.password ?? undefined);
      if (!person || !isRight || person.erased) throw new Refusal('bad-credentials');
      if (isOutdated) await store.person.setPassword(person.n, await here.passwords.hash(password));
      return open(context, person, device);
    }),

  async challenge({ session, runtime }, { purpose }) {
    const bytes = runtime.randomBytes(32);
    session.challenge = { purpose, bytes, expiresAt: runtime.elapsed() + challengeMs };
    return { challenge: bytes, expiresMs: challengeMs };
  },

  signInWithKey: (context, { key, signature, device }) =>
    signingIn(context.session, async () => {
      proveKey(context, 'sign-in', key, signature);
      const person = await context.store.person.byKey(key);
      if (!person || person.erased) throw new Refusal('bad-credentials');
      const signedIn = await open(context, person, device);
      context.here.keys.listen(context.session, key);
      return signedIn;
    }),

  resume: (context, { token }) => signingIn(context.session, () => resume(context, token)),

  async issue(context, { name, device }) {
    const { store, runtime } = context;
    const person = await newPerson(context, { name, display: null, kind: 'bot', password: null, serverRole: 'user' });
    const token = newToken(runtime);
    const id = newSessionId(runtime);
    const now = runtime.now();
    const record = { id, person: person.n, device, createdAt: now, seenAt: now, address: '' };
    await store.session.insert(record, hashToken(token));
    return { token, session: id, user: person.id, name, kind: 'bot', serverRole: 'user' };
  },

  async list({ session, store, hub, runtime }) {
    const { person, session: current, device, stored } = session.me;
    const { address } = session.link.peer;
    const online = new Set(hub.of(person.id).map((other) => other.me.session));
    const now = runtime.now();
    const own = { id: current, person: person.n, device, createdAt: person.createdAt, seenAt: now, address };
    const records = stored ? await store.session.of(person.n) : [own];
    const kind = person.kind === 'imported' ? 'person' : person.kind;
    return {
      sessions: records.slice(0, limits.sessionsPerAccount).map((record) => ({
        id: record.id,
        device: record.device,
        kind,
        createdAt: record.createdAt,
        lastSeenAt: online.has(record.id) ? now : record.seenAt,
        address: record.address,
        current: record.id === current,
        online: online.has(record.id),
      })),
    };
  },

  async revoke(context, { session: id }) {
    const { session, store, hub, runtime } = context;
    const { person, session: current } = session.me;
    if (id !== current) {
      if (!(await store.session.remove(id, person.n))) throw new Refusal('not-found');
      hub.end(person.id, [id]);
      return {};
    }
    await endSession(context);
    // After the answer.
    runtime.nextTurn(() => session.end('session-ended'));
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
  purpose: KeyPurpose,
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
