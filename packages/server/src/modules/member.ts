/** Members and moderation. */
import { type Handlers, type MemberChange, type MemberView, type Protocol, Refusal, rank } from '@parley/protocol';
import type { RoomState } from '@parley/room';
import { accessTo, readerOf } from '../access.ts';
import type { Context } from '../context.ts';
import { readBody } from '../entry-view.ts';
import type { Listed } from '../loaded-room.ts';
import { endsOf } from '../restriction.ts';
import { act, storeGuest } from '../speak.ts';
import type { PersonRecord } from '../store/user.ts';

const shown = 500;

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
    const roll = await room.roll(() => calledUp(context, room.state));
    const begin = query?.toLowerCase() ?? '';
    const listed = roll.filter(({ name, display }) => name.startsWith(begin) || display.startsWith(begin));
    const start = after === undefined ? 0 : listed.findIndex(({ user }) => user === after) + 1;
    const page = listed.slice(start, start + limit).map(({ user }) => user);
    const named = await people.all(page);
    const { mutes, members } = room.state;
    const muted = page.flatMap((user) => (mutes.has(user) ? [[user, mutes.get(user)!] as const] : []));
    const ends = await endsOf(context, room, 'mute', muted);
    const views = page.flatMap((user): MemberView[] => {
      const [member, person] = [members.get(user), named.get(user)];
      if (!member || !person) return [];
      return [
        {
          person: people.view(person),
          role: member.role,
          since: member.since,
          ...(mutes.has(user) ? { mutedUntil: ends.get(user) ?? null } : {}),
          status: here.presence.of(user).status,
        },
      ];
    });
    return { members: views, more: start + limit < listed.length, total: members.size };
  },

  async banned(context, { room: id }) {
    const { room } = await accessTo(context, id);
    const { people, store } = context;
    const bans = [...room.state.bans].sort(([, a], [, b]) => b.since - a.since).slice(0, shown);
    const found = await people.all(bans.map(([user]) => user));
    const parts = await store.entry.parts(
      room.n,
      bans.map(([, { since }]) => since),
    );
    const ends = await endsOf(context, room, 'ban', bans);
    return {
      banned: bans.flatMap(([user, { since }]) => {
        const person = found.get(user);
        if (!person) return [];
        const { reason } = (readBody(parts.get(`${since}/0`)) ?? {}) as { reason?: string };
        return [
          {
            person: people.view(person),
            since,
            until: ends.get(user) ?? null,
            ...(reason ? { reason } : {}),
          },
        ];
      }),
    };
  },

  async knocking(context, { room: id }) {
    const { room } = await accessTo(context, id);
    const { people } = context;
    const asking = [...room.state.knocking].sort(([, a], [, b]) => a.since - b.since).slice(0, shown);
    const found = await people.all(asking.map(([user]) => user));
    return {
      knocking: asking.flatMap(([user, { since }]) => {
        const person = found.get(user);
        return person ? [{ person: people.view(person), since }] : [];
      }),
    };
  },

  invite: (context, payload) => change(context, payload, 'invite'),
  deny: (context, payload) => change(context, payload, 'deny'),
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

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** All members that have a row, by role and name. */
async function calledUp({ people }: Context, { members }: RoomState): Promise<Listed[]> {
  const found = await people.all(members.keys());
  const level = ({ user }: Listed): number => rank(members.get(user)?.role ?? 'guest');
  const roll = [...found.values()].map(({ id, name, display }): Listed => {
    return { user: id, name, display: display?.toLowerCase() ?? '' };
  });
  return roll.sort((a, b) => level(a) - level(b) || byText(a.name, b.name) || byText(a.user, b.user));
}
