import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerView } from '@parley/protocol';
import {
  addressOf,
  calledOf,
  changed,
  type Listing,
  lagWords,
  reasonOf,
  sorted,
  stateOf,
  totalsOf,
  troubleOf,
  waitingOf,
} from './links.ts';

const now = 1_800_000_000_000;
const hour = 3_600_000;
const id = (letter: string): string => `${letter.repeat(51)}a`;
const peer = (more: Partial<PeerView> = {}): PeerView => ({ urls: [], state: 'waiting', since: now, ...more });
const quiet = { queued: [], lagMs: 0, bytesIn: 1, bytesOut: 1, roundTripMs: 41 };

test('a server is called by a name that counts, else by its key, else by where it is dialled', () => {
  const label = (more: Partial<PeerView>) => calledOf(peer({ id: id('a'), name: 'far.example', ...more })).label;
  assert.equal(label({ nameState: 'verified' }), 'far.example');
  assert.equal(label({ nameState: 'unverified' }), 'far.example');
  assert.equal(label({ nameState: 'taken' }), 'aaaaaaaa…');
  assert.equal(label({}), 'aaaaaaaa…');
  assert.equal(calledOf(peer({ urls: ['http://far'] })).label, 'http://far');
  assert.equal(calledOf(peer({ id: id('a'), name: 'x.example', nameState: 'unverified' })).tone, 'warn');
});

test('the state tells a link through a relay from one without, and why there is none', () => {
  assert.equal(stateOf(peer({ state: 'connected' })), 'linked');
  assert.equal(stateOf(peer({ state: 'connected', relay: id('b') })), 'relayed');
  assert.equal(stateOf(peer({ state: 'waiting' })), 'away');
  assert.equal(
    reasonOf(peer({ lastError: 'timed-out', retryAt: now + 60_000 }), now),
    'It did not answer in time · next try in 1 min',
  );
  assert.equal(reasonOf(peer({ state: 'connected', lastError: 'lost' }), now), undefined);
  assert.equal(reasonOf(peer(), now), undefined);
});

test('what waits is what people did and what the line has not taken, with the age of the oldest', () => {
  const waiting = { acts: 5, rooms: 1, oldestAt: now - 2 * hour };
  const traffic = { ...quiet, queued: [{ priority: 'bulk' as const, frames: 3, bytes: 9 }], lagMs: 1_000 };
  assert.equal(waitingOf(peer({ waiting, traffic })), 8);
  assert.equal(lagWords(peer({ waiting, traffic }), now), '2 h');
  assert.equal(lagWords(peer({ state: 'connected', traffic: quiet }), now), '41 ms');
  assert.equal(lagWords(peer(), now), '—');
  assert.deepEqual(
    totalsOf([peer({ waiting }), peer({ state: 'connected', traffic }), peer({ state: 'blocked' })], now),
    {
      linked: 1,
      all: 2,
      waiting: 8,
      lag: 2 * hour,
    },
  );
});

test('what needs a look stands first, and the worst of it is told', () => {
  const waits = (acts: number, since: number) => ({ acts, rooms: 1, oldestAt: now - since });
  const peers = [
    peer({ id: id('a'), state: 'blocked' }),
    peer({ id: id('b'), state: 'connected', traffic: quiet }),
    peer({ id: id('c'), waiting: waits(9, hour) }),
    peer({ id: id('d') }),
    peer({ id: id('e'), waiting: waits(99, hour) }),
    peer({ id: id('f'), waiting: waits(999, 1_000) }),
  ];
  assert.equal(
    sorted(peers)
      .map((each) => each.id?.[0])
      .join(''),
    'cefdba',
  );
  assert.equal(troubleOf(peers, now)?.id, id('e'), 'one that is away for a moment is none');
  assert.equal(troubleOf([peers[1]!], now), undefined);
});

test('an event changes what it names and leaves the rest', () => {
  const listing: Listing = {
    peers: [peer({ urls: ['http://far'] }), peer({ id: id('b') })],
    refused: [{ address: 'x', fault: 'busy', times: 1, at: 1 }],
    relayed: { servers: 1, circuits: 1 },
  };
  const next = changed(listing, { peers: [peer({ id: id('a'), urls: ['http://far'] })], gone: ['http://far'] });
  assert.deepEqual(
    next.peers.map((each) => each.id?.[0]),
    ['b', 'a'],
  );
  assert.deepEqual([next.refused, next.relayed], [listing.refused, listing.relayed]);
  assert.deepEqual(changed(next, { peers: [], gone: [], refused: [] }).refused, []);
});

test('an address is a URL without a path, or a name of several labels', () => {
  for (const [typed, meant] of [
    [' https://chat.example.org/ ', 'https://chat.example.org'],
    ['http://10.0.0.7:8080', 'http://10.0.0.7:8080'],
    ['chat.example.org', 'chat.example.org'],
    ['Chat.Example.org', 'chat.example.org'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['', undefined],
    ['localhost', undefined],
    ['chat.example.org:8080', undefined],
    ['https://chat.example.org/room', undefined],
    ['https://ada@chat.example.org', undefined],
    ['127.0.0.1', undefined],
    ['not an address', undefined],
  ] as const)
    assert.equal(addressOf(typed), meant, typed);
});
