/**
 * The end of an account: what it wrote goes in every room, it leaves them, declines what it was invited to and takes back
 * what it asked for, and its name becomes nobody's. Each step may be taken again, so that one that a crash broke off is
 * finished later.
 */
import { forgetArchive } from './archive.ts';
import type { Context } from './context.ts';
import { leaving as leavingOf } from './direct.ts';
import type { Draft } from './draft.ts';
import type { PersonRecord } from './store/user.ts';

type Needs = Pick<Context, 'store' | 'rooms' | 'people' | 'hub' | 'here'>;

/** What is shown in place of a name. */
const erasedName = 'erased';
/** Rooms that are read at a time. */
const invitationsAtOnce = 1_000;

/** The person must be closed before: nobody may act as them any more. */
export async function erasePerson(needs: Needs, person: PersonRecord): Promise<void> {
  const { store, rooms, people, hub } = needs;
  const act = `erase:${person.id.slice(0, 16)}`;
  const subject = person.id;
  const own = { author: person, device: '', subject: person };
  const leaving = (change: 'decline' | 'withdraw'): Draft => ({
    ...own,
    clientId: `${act}:${change}`,
    kind: 'member',
    data: { change, subject },
  });
  const visited = await store.room.everOf(person.n);
  const ids = { leave: `${act}:leave`, revoke: `${act}:revoke` };
  for (const room of visited) {
    const { state } = await rooms.load(room);
    await rooms.submit(room, [
      { ...own, clientId: act, kind: 'erase', data: { subject }, clerk: {} },
      ...(await leavingOf(needs, state, { author: person, device: '' }, ids)),
    ]);
  }
  for (const room of await store.room.invitations(person.n, invitationsAtOnce))
    await rooms.submit(room, [leaving('decline')]);
  for (const room of await store.room.knocks(person.n)) await rooms.submit(room, [leaving('withdraw')]);
  await leaveElsewhere(needs, person, act);
  const archives = await store.room.archivesOf(person.n);
  await store.person.erase(person.n, erasedName);
  people.forget(person);
  for (const archive of archives) await forgetArchive(needs, archive);
  const view = people.view({ ...person, name: erasedName, display: null });
  for (const room of visited) hub.signal(room, { event: 'user.changed', payload: { person: view } });
}

/** What is wanted of other servers, or came from them: the wish stands on disk, and is told when they are linked. */
async function leaveElsewhere({ store, here }: Needs, person: PersonRecord, act: string): Promise<void> {
  const asked = (await store.foreign.knocksOf(person.n)).map((room) => ({ room, change: 'withdraw' as const }));
  const invited = (await store.foreign.invitationsOf(person.n, invitationsAtOnce)).map(({ room }) => {
    return { room, change: 'decline' as const };
  });
  for (const { room, change } of [...asked, ...invited]) {
    const wish = { room: room.id, person: person.n, server: room.clerk, clientId: `${act}:${change}`, change };
    await store.foreign.putEntering(wish);
    here.across.enter(wish, person).catch(() => {});
  }
}

/** Finishes what a crash broke off. */
export async function finishErasures(needs: Needs): Promise<void> {
  for (const person of await needs.store.person.closed()) await erasePerson(needs, person);
}
