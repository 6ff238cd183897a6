/** One's own account. */
import { type Handlers, limits, type Payload, type Protocol, Refusal, type SignedIn, toBase32 } from '@parley/protocol';
import type { Context } from '../context.ts';
import { erasePerson } from '../erasure.ts';
import { draftPerson, newPerson } from '../person.ts';
import { enter, hashToken, newSessionId, newToken, open, signedInView, signingIn } from '../sign-in.ts';
import { nothingHidden } from '../store/privacy.ts';
import { nameLabel, type PersonRecord } from '../store/user.ts';
import { proveKey } from './session.ts';

const shortestPassword = 8;

export const account: Handlers<Protocol['account'], Context> = {
  register: (context, wanted) => signingIn(context.session, () => register(context, wanted)),
  guest: (context, wanted) => signingIn(context.session, () => enterAsGuest(context, wanted)),

  async claim(context, { secret }) {
    const { store, session } = context;
    if (!(await store.claim.take(hashToken(secret).toHex()))) throw new Refusal('bad-credentials');
    await setServerRole(context, session.me.person, 'owner');
    context.log.info({ name: session.me.person.name }, 'the server has an owner');
    return {};
  },

  async setPassword({ store, session, here, hub }, { current, next }) {
    const { person, session: id } = session.me;
    if (next.length < shortestPassword) throw new Refusal('bad-request', { field: 'next' });
    const stored = await store.person.byNumber(person.n);
    const { isRight } = await here.passwords.check(current, stored?.password ?? undefined);
    if (!isRight) throw new Refusal('bad-credentials');
    await store.person.setPassword(person.n, await here.passwords.hash(next));
    await store.session.removeOthers(id, person.n);
    hub.end(person.id, 'all', { session: id });
    return {};
  },

  async addKey(context, { key, signature, label }) {
    const { store, session, runtime } = context;
    proveKey(context, 'add-key', key, signature);
    const { n } = session.me.person;
    if ((await store.person.keys(n)).length >= limits.keysPerAccount) throw new Refusal('too-many');
    if (!(await store.person.addKey(n, { key, label, createdAt: runtime.now() }))) throw new Refusal('duplicate');
    return {};
  },

  async removeKey({ store, session }, { key }) {
    if (!(await store.person.removeKey(session.me.person.n, key))) throw new Refusal('not-found');
    return {};
  },

  async keys({ store, session }) {
    const keys = await store.person.keys(session.me.person.n);
    return { keys: keys.map((key) => ({ ...key })) };
  },

  async setProfile({ store, session, hub, people }, { display }) {
    const { person } = session.me;
    await store.person.setDisplay(person.n, display);
    for (const other of hub.of(person.id)) other.me.person.display = display;
    person.display = display;
    people.put(person);
    const view = people.view(person);
    hub.tell(person.id, [{ event: 'account.changed', payload: { person: view, serverRole: person.serverRole } }]);
    for (const room of await store.room.of(person.n))
      hub.signal(room, { event: 'user.changed', payload: { person: view } });
    return {};
  },

  async erase(context, { password, confirm }) {
    const { store, session, here, hub, runtime } = context;
    const { person } = session.me;
    if (!confirm) throw new Refusal('bad-request', { field: 'confirm' });
    const stored = await store.person.byNumber(person.n);
    if (stored?.password && !(await here.passwords.check(password ?? '', stored.password)).isRight)
      throw new Refusal('bad-credentials');
    // First nobody can act as them any more; the rest is taken up again after a crash.
    await store.person.close(person.n);
    hub.signedOut(session);
    hub.end(person.id, 'all');
    await erasePerson(context, person);
    runtime.nextTurn(() => session.end('session-ended'));
    return {};
  },
};

async function register(
  context: Context,
  { name, password, device, display, invite }: Payload<'account.register'>,
): Promise<SignedIn> {
  const { store, here, session, log } = context;
  if (password.length < shortestPassword) throw new Refusal('bad-request', { field: 'password' });
  const isOpen = here.signUpOpen(session);
  if (!isOpen && invite === undefined) throw new Refusal('sign-up-closed');
  const hash = await here.passwords.hash(password);
  if (!isOpen && !(await mayEnter(context, invite!))) throw new Refusal('bad-invite');
  try {
    const wanted = { name, display: display ?? null, kind: 'person', password: hash, serverRole: 'user' } as const;
    const person = await newPerson(context, wanted);
    log.info({ name }, 'account made');
    return await open(context, person, device);
  } catch (error) {
    if (!isOpen && error instanceof Refusal) await store.invite.giveBack(invite!);
    throw error;
  }
}

async function enterAsGuest(context: Context, { name, device }: Payload<'account.guest'>): Promise<SignedIn> {
  const { session, here, runtime, store, people } = context;
  const { guests } = here;
  if (!guests) throw new Refusal('guests-refused');
  const chosen = name ?? `guest-${1000 + Math.floor(runtime.random() * 9000)}`;
  const isTaken = (await store.person.byLabel(nameLabel(chosen))) !== undefined || guests.nameTaken(chosen);
  if (isTaken && name !== undefined) throw new Refusal('name-taken');
  const free = isTaken ? `guest-${toBase32(runtime.randomBytes(5))}` : chosen;
  const wanted = { name: free, display: null, kind: 'guest', password: null, serverRole: 'user' } as const;
  const person = draftPerson(context, wanted);
  const token = newToken(runtime);
  const who = { person, session: newSessionId(runtime), device, stored: false, privacy: nothingHidden };
  guests.add(hashToken(token), who);
  people.put(person);
  enter(context, who);
  return signedInView(session, token);
}

async function mayEnter({ store, runtime }: Context, invite: string): Promise<boolean> {
  const secret = hashToken(invite).toHex();
  if ((await store.claim.get()) === secret) return true;
  return store.invite.use(invite, runtime.now());
}

async function setServerRole(
  { store, hub, people }: Context,
  person: PersonRecord,
  role: 'owner' | 'admin' | 'user',
): Promise<void> {
  await store.person.setServerRole(person.n, role);
  for (const session of hub.of(person.id)) session.me.person.serverRole = role;
  hub.tell(person.id, [{ event: 'account.changed', payload: { person: people.view(person), serverRole: role } }]);
}
