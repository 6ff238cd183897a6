/** Members and moderation. */
import { type Handlers, type MemberChange, type MemberView, type Protocol, Refusal, rank } from '@parley/protocol';
import type { Member, RoomState } from '@parley/room';
import { accessTo, readerOf } from '../access.ts';
import type { Context } from '../context.ts';
import { readBody } from '../entry-view.ts';
import { act, storeGuest } from '../speak.ts';
import type { PersonRecord } from '../store/user.ts';

const bannedShown = 500;

interface On {
  room: string;
  user: string;
  clientId: string;
  reason?: string;
}

export const member: Handlers<Protocol['member'], Context> = {
  async list(context, { room: id, query, after, limit }) {
    const { room } = await readerOf(context, id);
    const { people, here } = context;
    const sorted = await byRoleAndName(context, room.state, query?.toLowerCase());
    const start = after === undefined ? 0 : sorted.findIndex(({ user }) => user === after) + 1;
    const { mutes, due } = room.state;
    const members = sorted.slice(start, start + limit).map(
      ({ user, member, person }): MemberView => ({
        person: people.view(person),
        role: member.role,
        since: member.since,
        ...(mutes.has(user) ? { mutedUntil: due.get(`mute/${user}`) ?? null } : {}),
        status: here.presence.of(user).status,
      }),
    );
    return { members, more: start + limit < sorted.length, total: room.state.members.size };
  },

  async banned(context, { room: id }) {
    const { room } = await accessTo(context, id);
    const { people, store } = context;
    const bans = [...room.state.bans].sort(([, a], [, b]) => b.since - a.since).slice(0, bannedShown);
    const found = await people.all(bans.map(([user]) => user));
    const parts = await store.entry.parts(
      room.n,
      bans.map(([, { since }]) => since),
    );
    return {
      banned: bans.flatMap(([user, { since }]) => {
        const person = found.get(user);
        if (!person) return [];
        const { reason } = (readBody(parts.get(`${since}/0`)) ?? {}) as { reason?: string };
        return [
          {
            person: people.view(person),
            since,
            until: room.state.due.get(`ban/${user}`) ?? null,
            ...(reason ? { reason } : {}),
          },
        ];
      }),
    };
  },

  invite: (context, payload) => change(context, payload, 'invite'),
  revoke: (context, payload) => change(context, payload, 'revoke'),
  kick: (context, payload) => change(context, payload, 'kick'),
  ban: (context, payload) => change(context, payload, 'ban', payload.durationMs),
  unban: (context, payload) => change(context, payload, 'unban'),
  mute: (context, payload) => restrict(context, payload, 'mute', payload.durationMs),
  unmute: (context, payload) => restrict(context, payload, 'unmute'),

  async setRole(context, { room, user, clientId, role }) {
    const subject = await known(context, user);
    return act(context, room, { clientId, kind: 'role', data: { subject: user, role }, subject });
  },
};

async function change(context: Context, { room, user, clientId, reason }: On, how: MemberChange, durationMs?: number) {
  const subject = await known(context, user, how === 'invite');
  const data = { change: how, subject: user, ...(durationMs === undefined ? {} : { durationMs }) };
  return act(context, room, { clientId, kind: 'member', data, subject, ...(reason ? { body: { reason } } : {}) });
}

async function restrict(
  context: Context,
  { room, user, clientId, reason }: On,
  kind: 'mute' | 'unmute',
  durationMs?: number,
) {
  const subject = await known(context, user);
  const data = { subject: user, ...(durationMs === undefined ? {} : { durationMs }) };
  return act(context, room, { clientId, kind, data, subject, ...(reason ? { body: { reason } } : {}) });
}

/** The person meant. Whoever is only in memory gets a row, for the entry names them. */
async function known(context: Context, user: string, isInvited = false): Promise<PersonRecord> {
  const person = await context.people.one(user);
  if (!person || person.kind === 'imported' || (person.erased && isInvited)) throw new Refusal('unknown-target');
  if (person.kind === 'guest') await storeGuest(context, person);
  return person;
}

interface Listed {
  user: string;
  member: Member;
  person: PersonRecord;
}

async function byRoleAndName({ people }: Context, state: RoomState, query: string | undefined): Promise<Listed[]> {
  const found = await people.all(state.members.keys());
  const listed: Listed[] = [];
  for (const [user, member] of state.members) {
    const person = found.get(user);
    if (!person) continue;
    const { name, display } = person;
    if (query === undefined || name.startsWith(query) || display?.toLowerCase().startsWith(query))
      listed.push({ user, member, person });
  }
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return listed.sort(
    (a, b) =>
      rank(a.member.role) - rank(b.member.role) || byName(a.person.name, b.person.name) || byName(a.user, b.user),
  );
}
