/** One's own account. */
import { type Handlers, limits, type Protocol, Refusal, toBase32 } from '@parley/protocol';
import type { Context } from '../context.ts';
import { draftPerson, newPerson } from '../person.ts';
import { hashToken, notYet, open, signedInView } from '../sign-in.ts';
import type { PersonRecord } from '../store/user.ts';
import { proveKey } from './session.ts';

const shortestPassword = 8;
/** The fact that holds the hash of the owner link's secret while nobody owns the server. */
export const ownerSecret = 'owner-secret';

export const account: Handlers<Protocol['account'], Context> = {
  async register(context, { name, password, device, display, invite }) {
    const { store, here, runtime, session } = context;
    notYet(context);
    if (password.length < shortestPassword) throw new Refusal('bad-request', { field: 'password' });
    const open_ = here.signUpOpen(session);
    if (!open_ && invite === undefined) throw new Refusal('sign-up-closed');
    const hash = await here.passwords.hash(password);
    if (!open_ && !(await mayEnter(context, invite!))) throw new Refusal('bad-invite');
    let person: PersonRecord;
    try {
      person = await newPerson(context, {
        name,
        display: display ?? null,
        kind: 'person',
        password: hash,
        serverRole: 'user',
      });
    } catch (error) {
      if (!open_) await store.invite.giveBack(invite!);
      throw error;
    }
    context.log.info({ name, at: runtime.now() }, 'account made');
    return open(context, person, device);
  },

  async guest(context, { name, device }) {
    const { session, here, hub, runtime, store } = context;
    notYet(context);
    const { guests } = here;
    if (!guests) throw new Refusal('guests-refused');
    const chosen = name ?? `guest-${1000 + Math.floor(runtime.random() * 9000)}`;
    const taken = guests.nameTaken(chosen) || (await store.person.byLabel(`@${chosen}`)) !== undefined;
    if (taken && name !== undefined) throw new Refusal('name-taken');
    const free = taken ? `guest-${toBase32(runtime.randomBytes(5))}` : chosen;
    const person = draftPerson(context, {
      name: free,
      display: null,
      kind: 'guest',
      password: null,
      serverRole: 'user',
    });
    const token = toBase32(runtime.randomBytes(32));
    notYet(context);
    const who = { person, session: toBase32(runtime.randomBytes(10)), device, stored: false };
    guests.add(hashToken(token).toHex(), who);
    context.people.put(person);
    session.who = who;
    hub.signedIn(session);
    return signedInView(session, token);
  },

  async claim(context, { secret }) {
    const { store, session } = context;
    if (!(await store.fact.take(ownerSecret, hashToken(secret).toHex()))) throw new Refusal('bad-credentials');
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
    hub.end(person.id, 'all', id);
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
    for (const room of session.following) hub.signal(room, { event: 'user.changed', payload: { person: view } });
    return {};
  },

  async erase(context, { password, confirm }) {
    const { store, session, here, hub, people, rooms, runtime } = context;
    const { person, device } = session.me;
    if (!confirm) throw new Refusal('bad-request', { field: 'confirm' });
    const stored = await store.person.byNumber(person.n);
    if (stored?.password && !(await here.passwords.check(password ?? '', stored.password)).isRight)
      throw new Refusal('bad-credentials');
    for (const room of await store.room.everOf(person.n)) {
      // The same when it is tried again after a crash, and nothing that the person could have used before.
      const clientId = `erase:${person.n.toString(36)}`;
      const draft = { author: person, device, subject: person };
      await rooms.submit(room, [
        { ...draft, clientId, kind: 'erase', data: { subject: person.id }, clerk: {} },
        { ...draft, clientId: `${clientId}:leave`, kind: 'member', data: { change: 'leave', subject: person.id } },
      ]);
    }
    await store.person.erase(person.n, 'erased');
    people.forget(person);
    hub.end(person.id, 'all', session.me.session);
    // This connection when it has its answer.
    runtime.nextTurn(() => hub.end(person.id, 'all'));
    return {};
  },
};

async function mayEnter({ store, runtime }: Context, invite: string): Promise<boolean> {
  const secret = hashToken(invite).toHex();
  if ((await store.fact.get(ownerSecret)) === secret) return true;
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
