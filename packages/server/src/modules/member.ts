/** Members and moderation. */
import { type Handlers, type MemberChange, type MemberView, type Protocol, Refusal, rank } from '@parley/protocol';
import type { Member, RoomState } from '@parley/room';
import { accessTo, readerOf } from '../access.ts';
import type { Context } from '../context.ts';
import { readBody } from '../entry-view.ts';
import { act } from '../speak.ts';

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
    const start = after === undefined ? 0 : sorted.findIndex(([user]) => user === after) + 1;
    const members = sorted.slice(start, start + limit).flatMap(([user, member]): MemberView[] => {
      const person = people.get(user);
      if (!person) return [];
      const muted = room.state.mutes.has(user) ? { mutedUntil: room.state.due.get(`mute/${user}`) ?? null } : {};
      return [
        {
          person: people.view(person),
          role: member.role,
          since: member.since,
          ...muted,
          status: here.presence.of(user).status,
        },
      ];
    });
    return { members, more: start + limit < sorted.length, total: room.state.members.size };
  },

  async banned(context, { room: id }) {
    const { room } = await accessTo(context, id);
    const { people, store } = context;
    const bans = [...room.state.bans].sort(([, a], [, b]) => b.since - a.since).slice(0, bannedShown);
    await people.load(bans.map(([user]) => user));
    const parts = await store.entry.parts(
      room.n,
      bans.map(([, { since }]) => since),
    );
    return {
      banned: bans.flatMap(([user, { since }]) => {
        const person = people.get(user);
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
  const subject = await known(context, user);
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

async function known({ people }: Context, user: string) {
  const person = await people.one(user);
  if (!person || person.kind === 'imported' || person.erased) throw new Refusal('unknown-target');
  return person;
}

async function byRoleAndName(
  { people }: Context,
  state: RoomState,
  query: string | undefined,
): Promise<[string, Member][]> {
  await people.load(state.members.keys());
  const name = (user: string): string => people.get(user)?.name ?? '';
  const fits = ([user]: [string, Member]): boolean => {
    const person = people.get(user);
    return (
      query === undefined || person?.name.startsWith(query) || person?.display?.toLowerCase().startsWith(query) || false
    );
  };
  return [...state.members]
    .filter(fits)
    .sort(([a, x], [b, y]) => rank(x.role) - rank(y.role) || (name(a) < name(b) ? -1 : 1));
}
