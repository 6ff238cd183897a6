// A server by hand that asks and answers about keys what no honest one does.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeFederationFrame, keyHops, Refusal, limits as sizes } from '@parley/protocol';
import type { KeyListeners } from '../key-listeners.ts';
import { createLimits } from '../limits.ts';
import { KeySearch } from './key-search.ts';
import { TestNetwork, type TestPeer } from './testing-network.ts';
import { type Stranger, strangerAt } from './testing-stranger.ts';

const limits = createLimits({ rateFactor: 1, connections: 1, loadedRooms: 1 });
const key = new Uint8Array(32).fill(1);
const sealed = new Uint8Array(100);
const bytes16 = (n: number): Uint8Array => new Uint8Array(16).fill(n);

interface Party {
  peer: TestPeer;
  search: KeySearch;
  /** Messages that were handed out. */
  handed: Uint8Array[];
}

async function party(net: TestNetwork, seed: number, isHeld: boolean): Promise<Party> {
  const peer = await net.server(seed, { random: () => 0.5, limits: { peerFramesPerSecond: 1e6 } });
  const handed: Uint8Array[] = [];
  const listeners = {
    isHeld: () => isHeld,
    deliver: async (_key: Uint8Array, message: Uint8Array) => {
      if (!isHeld) throw new Refusal('nobody-there');
      handed.push(message);
      return 42;
    },
  } as unknown as KeyListeners;
  let drawn = 0;
  const runtime = { ...net.clock, randomBytes: (length: number) => new Uint8Array(length).fill(100 + ++drawn) };
  return { peer, search: new KeySearch({ peers: peer.peers, listeners, runtime, limits }), handed };
}

async function comes(net: TestNetwork, { peer }: Party, seed = 50): Promise<Stranger> {
  const stranger = await strangerAt(net, peer, seed);
  void stranger.listen();
  await stranger.hello();
  await net.settled();
  return stranger;
}

const ask = (n: number, name: 'findKey' | 'deliverToKey', payload: object): Uint8Array =>
  encodeFederationFrame('ask', { n, ask: name, payload });
const find = (n: number, search = bytes16(n)): Uint8Array => ask(n, 'findKey', { search, key, hops: keyHops });
const deliver = (n: number, search: Uint8Array, message = bytes16(n)): Uint8Array =>
  ask(n, 'deliverToKey', { search, message, key, sealed });

/** What it was answered, by the number of the question. */
function answers({ heard }: Stranger): Map<number, unknown> {
  const all = new Map<number, unknown>();
  for (const { frame } of heard)
    if (frame?.frame === 'answer') all.set(frame.payload.n, frame.payload.error?.code ?? frame.payload.reply);
  return all;
}

describe('a hostile server and keys', () => {
  it('delivers nothing without a search of its own that was told yes', async () => {
    await using net = new TestNetwork();
    const ada = await party(net, 1, true);
    const [one, other] = [await comes(net, ada), await comes(net, ada, 51)];
    await net.done(one.say(deliver(1, bytes16(9)), 'message'));
    await net.done(one.say(find(2, bytes16(9)), 'message'));
    await net.done(other.say(deliver(1, bytes16(9)), 'message'));
    assert.deepEqual([answers(one).get(1), answers(other).get(1)], ['nobody-there', 'nobody-there']);
    assert.equal(ada.handed.length, 0);
    await net.done(one.say(deliver(3, bytes16(9)), 'message'));
    assert.deepEqual(answers(one).get(3), { deliveredAt: 42 });
    await net.done(one.say(deliver(4, bytes16(9), bytes16(3)), 'message'));
    assert.equal(ada.handed.length, 1, 'the same message again is handed out once');
  });

  it('is told no, and nothing else, where nobody is', async () => {
    await using net = new TestNetwork();
    const ada = await party(net, 1, false);
    const stranger = await comes(net, ada);
    await net.done(stranger.say(find(1), 'message'));
    await net.done(stranger.say(deliver(2, bytes16(1)), 'message'));
    assert.deepEqual([...answers(stranger).values()], [{ found: false }, 'nobody-there']);
  });

  it('has malformed questions refused', async () => {
    await using net = new TestNetwork();
    const ada = await party(net, 1, true);
    const stranger = await comes(net, ada);
    const wrong = [
      ask(1, 'findKey', { search: bytes16(1), key, hops: keyHops + 1 }),
      ask(2, 'findKey', { search: bytes16(1), key, hops: 0 }),
      ask(3, 'findKey', { search: new Uint8Array(15), key, hops: 1 }),
      ask(4, 'findKey', { search: bytes16(1), key: new Uint8Array(31), hops: 1 }),
      ask(5, 'deliverToKey', {
        search: bytes16(1),
        message: bytes16(1),
        key,
        sealed: new Uint8Array(sizes.keyMessageBytes + 1),
      }),
      ask(6, 'deliverToKey', { search: bytes16(1), message: new Uint8Array(1), key, sealed }),
    ];
    for (const bytes of wrong) await net.done(stranger.say(bytes, 'message'));
    assert.deepEqual([...answers(stranger).values()], Array(wrong.length).fill('bad-request'));
  });

  it('that asks without end is told to slow down, and others are answered', async () => {
    await using net = new TestNetwork();
    const ada = await party(net, 1, true);
    const stranger = await comes(net, ada);
    const most = 10 * limits.peerKeyQuestionsPerSecond;
    for (let n = 1; n <= 2 * most; n++)
      await net.done(
        stranger.say(
          find(
            n,
            Uint8Array.from({ length: 16 }, () => n & 255),
          ),
          'message',
        ),
      );
    const told = [...answers(stranger).values()];
    assert.equal(told.filter((answer) => answer === 'too-fast').length, most);
    const other = await comes(net, ada, 51);
    await net.done(other.say(find(1, bytes16(251)), 'message'));
    assert.deepEqual(answers(other).get(1), { found: true });
  });

  it('that says yes and swallows the message keeps it from nobody', async () => {
    await using net = new TestNetwork();
    const ada = await party(net, 1, false);
    const friend = await party(net, 2, true);
    const stranger = await comes(net, ada);
    await net.done(friend.peer.peers.connect(ada.peer.url));
    const sent = ada.search.send(key, sealed, () => {});
    await net.settled();
    const asked = stranger.heard.flatMap(({ frame }) => (frame?.frame === 'ask' ? [frame.payload] : []));
    assert.equal(asked[0]?.ask, 'findKey');
    const yes = encodeFederationFrame('answer', { n: asked[0]!.n, reply: { found: true } });
    await net.done(stranger.say(yes, 'message', true));
    assert.equal(await net.done(sent), 42);
    assert.equal(friend.handed.length, 1);
  });

  it('is not asked again by way of a circle', async () => {
    await using net = new TestNetwork();
    const ada = await party(net, 1, false);
    const friend = await party(net, 2, false);
    await net.done(friend.peer.peers.connect(ada.peer.url));
    const stranger = await comes(net, ada);
    const search = bytes16(7);
    await net.done(stranger.say(find(1, search), 'message'));
    await net.done(stranger.say(find(2, search), 'message'));
    assert.deepEqual([...answers(stranger).values()], [{ found: false }, { found: false }]);
    assert.equal(stranger.names().filter((name) => name === 'ask').length, 0, 'who asks is not asked');
  });
});
