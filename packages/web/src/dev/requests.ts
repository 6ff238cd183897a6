/** Answers of the sample server to requests that screens make themselves. */
import { Refusal, type Reply, type RoomView } from '@parley/protocol';
import type { Answers } from './answers.ts';
import { me, people, samplePublicRooms } from './data.ts';
import { linkAnswers, type SampleLinks } from './links.ts';
import { serverNamed } from './servers.ts';

export function answers(now: () => number, links: SampleLinks): Answers {
  const hour = 3_600_000;
  const session = (id: string, device: string, agoMs: number, more: object = {}) => ({
    id,
    device,
    kind: 'person' as const,
    createdAt: now() - 40 * 24 * hour,
    lastSeenAt: now() - agoMs,
    address: '203.0.113.24',
    current: false,
    online: false,
    ...more,
  });
  let sessions = [
    session('aaaaaaaaaaaaaaaa', 'Firefox on Linux', 0, { current: true, online: true }),
    session('bbbbbbbbbbbbbbbb', 'Chrome on Android', 240_000),
    session('cccccccccccccccc', 'quay-desk', 14 * hour),
    session('dddddddddddddddd', 'tide-bot', 60_000, { kind: 'bot', online: true }),
    session('eeeeeeeeeeeeeeee', 'Edge on Windows', 20 * hour, { createdAt: now() - 20 * hour }),
  ];
  let invites = [
    { code: 'quay-1947-otter', usesLeft: 4, expiresAt: now() + 6 * 24 * hour, createdAt: now() - 24 * hour },
    { code: 'fog-2210-heron', usesLeft: 1, expiresAt: now() + 5 * hour, createdAt: now() - 2 * hour },
  ];
  let privacy = { typing: true, presence: true, receipts: false };
  const plain = people.map(({ role: _role, status: _status, ...person }) => person);
  return {
    'privacy.get': () => privacy,
    'privacy.set': (rules) => {
      privacy = rules;
      return rules;
    },
    'session.list': () => ({ sessions }),
    'session.revoke': ({ session: id }) => {
      sessions = sessions.filter((one) => one.id !== id);
      return {};
    },
    'invite.list': () => ({ invites }),
    'invite.create': ({ uses, expiresMs }) => {
      const made = { code: `gull-${invites.length}`, usesLeft: uses, expiresAt: now() + expiresMs, createdAt: now() };
      invites = [made, ...invites];
      return made;
    },
    'invite.revoke': ({ code }) => {
      invites = invites.filter((one) => one.code !== code);
      return {};
    },
    ...roomAnswers(now),
    ...linkAnswers(now, links),
    'user.find': ({ prefix }) => ({ people: plain.filter(({ name }) => name.startsWith(prefix.toLowerCase())) }),
    'user.get': ({ users }) => ({ people: plain.filter(({ id }) => users.includes(id)) }),
    'account.keys': () => ({
      keys: [{ key: new Uint8Array(32).fill(7), label: 'quay-desk', createdAt: now() - 9 * hour }],
    }),
    'history.pins': () => ({ entries: [] }),
    'history.edits': () => ({ entries: [] }),
    'member.banned': () => ({
      banned: [
        { person: { id: me.id, name: 'bargain9', kind: 'person' }, since: now() - hour, until: null, reason: 'spam' },
      ],
    }),
  };
}

/** Rooms that one is not in, asking to be let in, and who asks. */
function roomAnswers(now: () => number): Answers {
  const knocked = new Set<string>();
  const known = (is: (view: RoomView) => boolean): RoomView => {
    const view = publicRoom(now(), is);
    return knocked.has(view.id) ? { ...view, me: { membership: 'knocking' } } : view;
  };
  let asking: Reply<'member.knocking'>['knocking'] = [
    { person: { id: me.id.replace(/^./, 'w'), name: 'wren', display: 'Wren', kind: 'person' }, since: 3 },
  ];
  const done = () => ({ outcome: 'entry' as const, term: 1, seq: 1, at: now() });
  const answered = (user: string) => {
    asking = asking.filter(({ person }) => person.id !== user);
    return done();
  };
  return {
    'room.list'({ query = '', server: label }) {
      const server = label === undefined ? undefined : serverNamed(label);
      if (label !== undefined && !server) throw new Refusal('not-found');
      return { rooms: samplePublicRooms(now(), server).filter(({ alias }) => alias?.includes(query)), more: false };
    },
    'room.resolve': ({ alias }) => ({ room: known((view) => view.alias === alias) }),
    'room.get': ({ room }) => ({ room: known((view) => view.id === room) }),
    'room.knock': ({ room }) => {
      knocked.add(room);
      return done();
    },
    'room.leave': ({ room }) => {
      knocked.delete(room);
      return {};
    },
    'member.knocking': () => ({ knocking: asking }),
    'member.invite': ({ user }) => answered(user),
    'member.deny': ({ user }) => answered(user),
  };
}

function publicRoom(now: number, is: (view: RoomView) => boolean): RoomView {
  const found = samplePublicRooms(now).find(is);
  if (!found) throw new Refusal('not-found');
  return found;
}
