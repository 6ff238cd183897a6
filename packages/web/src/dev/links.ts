/** Links of the sample server, one of each sort, as its operator sees them. */
import { type PeerView, peerKey, Refusal, type Reply, toBase32 } from '@parley/protocol';
import type { Answers } from './answers.ts';
import { chat, kanto, nameless } from './servers.ts';

export type SampleLinks = 'many' | 'none' | 'refused';

const keyOf = (byte: number): string => toBase32(new Uint8Array(32).fill(byte));
const minute = 60_000;
const hour = 60 * minute;

function samplePeers(now: number): PeerView[] {
  const quiet = { queued: [], lagMs: 0, bytesIn: 1_284_119, bytesOut: 912_400, roundTripMs: 41 };
  const verified = { nameState: 'verified' } as const;
  const linked: PeerView = { urls: [], direction: 'in', state: 'connected', since: now - 9 * hour, traffic: quiet };
  return [
    { ...linked, id: kanto.id, name: 'kanto.example', ...verified, urls: ['https://kanto.example'], direction: 'out' },
    {
      ...linked,
      ...{ id: keyOf(11), name: 'atelier.example.net', ...verified, since: now - 3 * 24 * hour },
      traffic: { ...quiet, queued: [{ priority: 'bulk', frames: 3, bytes: 48_200 }], lagMs: 1_400 },
    },
    { ...linked, id: chat.id, name: 'chat.example.org', nameState: 'unverified', relay: kanto.id },
    { ...linked, id: nameless.id, traffic: { ...quiet, roundTripMs: 120 } },
    { ...linked, id: keyOf(23), name: 'kanto.example', nameState: 'taken', since: now - 20 * minute },
    {
      ...{ id: keyOf(31), name: 'souq.example', ...verified, urls: ['https://souq.example'], state: 'waiting' },
      ...{ since: now - 3 * hour, lastError: 'timed-out', retryAt: now + 2 * minute },
      waiting: { acts: 1_187, rooms: 2, oldestAt: now - 3 * hour },
    },
    {
      ...{ id: keyOf(37), name: 'old-pier.example', ...verified, urls: ['https://old-pier.example'] },
      ...{ state: 'connecting', since: now - 4_000, lastError: 'lost' },
    },
    { urls: ['http://10.0.0.7:8080'], state: 'waiting', since: now - minute, lastError: 'bad-handshake' },
    {
      id: keyOf(41),
      name: 'spam.example',
      nameState: 'unverified',
      urls: [],
      state: 'blocked',
      since: now - 50 * hour,
    },
  ];
}

const rooms = (now: number): Reply<'peer.rooms'>['rooms'] => [
  {
    ...{ room: keyOf(51), alias: 'fish-prices', title: 'Fish prices', clerk: keyOf(31), seq: 4_120 },
    ...{ servers: [], furtherServers: 0, waiting: { acts: 1_180, oldestAt: now - 3 * hour } },
  },
  {
    ...{ room: keyOf(53), alias: 'tides', title: 'Tides', clerk: keyOf(1), seq: 812, furtherServers: 0 },
    servers: [{ server: kanto.id, isLinked: true, behind: 14 }],
  },
  {
    ...{ room: keyOf(55), alias: 'relays', title: 'Relays', clerk: kanto.id, seq: 60, servers: [], furtherServers: 0 },
    still: { field: 'chain', since: now - 40 * minute },
  },
];

export function linkAnswers(now: () => number, links: SampleLinks): Answers {
  let peers = links === 'many' ? samplePeers(now()) : [];
  const list = (): Reply<'peer.list'> => {
    if (links === 'refused') throw new Refusal('internal', { id: '7f3a90c1' });
    const refused =
      links === 'none'
        ? []
        : [
            { server: keyOf(41), address: '203.0.113.77', fault: 'blocked', times: 212, at: now() - 40_000 } as const,
            { address: '198.51.100.4', fault: 'bad-handshake', times: 1, at: now() - 5 * hour } as const,
          ];
    return {
      peers,
      refused,
      ...(links === 'many' ? { relayed: { servers: 3, circuits: 5 } } : { allowed: [kanto.id, nameless.id] }),
    };
  };
  return {
    'peer.list': list,
    'peer.watch': list,
    'peer.unwatch': () => ({}),
    'peer.rooms': () => ({ rooms: links === 'many' ? rooms(now()) : [], more: false }),
    'peer.connect': ({ url }) => {
      const made: PeerView = { urls: [url], state: 'waiting', since: now(), lastError: 'unreachable' };
      peers = [...peers, made];
      return made;
    },
    'peer.disconnect': ({ url }) => {
      peers = peers.filter((peer) => peerKey(peer) !== url);
      return {};
    },
    'peer.block': () => ({}),
    'peer.unblock': () => ({}),
    'peer.retry': () => ({ dialled: 1, rooms: 2 }),
    'peer.drop': () => ({ dropped: 1_180 }),
  };
}
