/** Sample conversations of two: with somebody who is here, who has not accepted, who has gone; and a request. */
import { type RoomView, toBase32 } from '@parley/protocol';
import { people, type SamplePerson, type SampleRoom } from './data.ts';

type With = NonNullable<RoomView['direct']>;

const personOf = (name: string): SamplePerson => people.find((person) => person.name === name)!;

function withPerson(name: string, membership: With['membership'], now: number): RoomView {
  const { role: _role, status: _status, ...person } = personOf(name);
  const index = people.findIndex((one) => one.name === name);
  return {
    id: toBase32(new Uint8Array(32).fill(100 + index)),
    title: person.display ?? person.name,
    topic: '',
    head: { term: 1, seq: 0 },
    joinRule: 'invite',
    listed: false,
    history: 'all',
    slowModeMs: 0,
    permissions: { owner: ['post', 'react', 'edit-own', 'redact-own', 'pin', 'manage-history'] },
    members: membership === 'member' ? 2 : 1,
    createdAt: now - 3 * 86_400_000,
    direct: { person, membership },
    me: { membership: 'member', role: 'owner' },
  };
}

export function sampleConversations(now: number): SampleRoom[] {
  const room = (
    name: string,
    membership: With['membership'],
    more: Partial<Omit<SampleRoom, 'view'>> = {},
  ): SampleRoom => {
    const view = withPerson(name, membership, now);
    const messages = more.messages ?? 0;
    const head = { term: 1, seq: messages };
    return { messages, unread: 0, mentions: 0, draft: '', days: 3, ...more, view: { ...view, head } };
  };
  return [
    room('noor', 'member', { messages: 24, unread: 2 }),
    room('tomas', 'member', { messages: 12 }),
    room('kofi', 'member', { messages: 6, draft: 'Do you still have the' }),
    room('samir', 'invited', { messages: 1 }),
    room('hana', 'none', { messages: 8 }),
  ];
}

export const sampleRequests = (now: number): RoomView[] => [
  { ...withPerson('lena', 'member', now), me: { membership: 'invited', invitedBy: personOf('lena').id } },
];
