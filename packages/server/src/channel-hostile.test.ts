// A server by hand that says in channels what no honest one does, to one that tells a friend of what it believes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ChannelWords,
  channelHops,
  channelLimits,
  channelWordsBytes,
  encodeCbor,
  encodeFederationFrame,
  type FramePayload,
  limits as sizes,
} from '@parley/protocol';
import { ChannelLinks } from './channel-links.ts';
import { createCrypto } from './crypto.ts';
import { idOf, TestNetwork, type TestPeer } from './federation/testing-network.ts';
import { type Stranger, strangerAt } from './federation/testing-stranger.ts';
import { identityFromSeed } from './identity.ts';
import { createLimits } from './limits.ts';

const network = 'test';
const limits = createLimits({ rateFactor: 1, connections: 1, loadedRooms: 1 });
const cryptoOf = (seed: number) => createCrypto(identityFromSeed(new Uint8Array(32).fill(seed)));
const userOf = (seed: number) => `${'a'.repeat(16)}.${idOf(seed)}`;

interface Party {
  peer: TestPeer;
  links: ChannelLinks;
  here: Set<string>;
  heard: string[];
}

async function party(net: TestNetwork, seed: number): Promise<Party> {
  const peer = await net.server(seed, { random: () => 0.5, limits: { peerFramesPerSecond: 1e6 } });
  const heard: string[] = [];
  const here = new Set(['lobby']);
  const links = new ChannelLinks({
    peers: peer.peers,
    crypto: cryptoOf(seed),
    runtime: { ...net.clock, randomBytes: (length) => new Uint8Array(length).fill(seed) },
    limits,
    id: peer.id,
    network,
    here,
    heard: ({ text }) => void heard.push(text),
    reached: () => {},
  });
  return { peer, links, here, heard };
}

/** Ada with a friend, and a stranger at her door. */
async function scene(net: TestNetwork): Promise<{ ada: Party; friend: Party; stranger: Stranger }> {
  const ada = await party(net, 1);
  const friend = await party(net, 2);
  await net.done(friend.peer.peers.connect(ada.peer.url));
  await net.advance(500, 100);
  return { ada, friend, stranger: await comes(net, ada) };
}

async function comes(net: TestNetwork, { peer }: Party, seed = 50): Promise<Stranger> {
  const stranger = await strangerAt(net, peer, seed);
  void stranger.listen();
  await stranger.hello();
  await net.advance(300, 100);
  return stranger;
}

let drawn = 0;

/** Words as the server of this seed signs them. */
function signed(change: Partial<ChannelWords> = {}, seed = 50, hops = channelHops): FramePayload<'ephemeral'> {
  const id = new Uint8Array(16);
  new DataView(id.buffer).setUint32(0, ++drawn);
  const seq = drawn;
  const run = new Uint8Array(8);
  const words = { id, channel: 'lobby', user: userOf(seed), by: 'mallory', run, seq, at: 1, text: 'hi', ...change };
  return { words, signature: cryptoOf(seed).sign(channelWordsBytes(network, words)), hops };
}

const frame = (payload: FramePayload<'ephemeral'>): Uint8Array => encodeFederationFrame('ephemeral', payload);

describe('a hostile server in a channel', () => {
  it('is heard as itself, here and behind', async () => {
    await using net = new TestNetwork();
    const { ada, friend, stranger } = await scene(net);
    await net.done(stranger.say(frame(signed()), 'message'));
    assert.deepEqual([ada.heard, friend.heard], [['hi'], ['hi']]);
  });

  const forged: Record<string, () => Uint8Array> = {
    'words of somebody of another server': () => frame(signed({ user: userOf(2) })),
    'words that were changed on the way': () => {
      const said = signed({}, 2);
      return frame({ ...said, words: { ...said.words, text: 'send money' } });
    },
    'words of another channel': () => {
      const said = signed({ channel: 'bank' }, 2);
      return frame({ ...said, words: { ...said.words, channel: 'lobby' } });
    },
    'a signature of another network': () => {
      const said = signed();
      const other = cryptoOf(50).sign(channelWordsBytes('other', said.words));
      return frame({ ...said, signature: other });
    },
    'an id that is too short': () => frame(signed({ id: new Uint8Array(15) })),
    'a run that is none': () => frame(signed({ run: new Uint8Array(0) })),
    'more hops than there may be': () => frame(signed({}, 50, channelHops + 1)),
    'no hops': () => frame(signed({}, 50, 0)),
    'words that are too long': () => frame(signed({ text: 'x'.repeat(sizes.channelText + 1) })),
    'a name that is too long': () => frame(signed({ by: 'x'.repeat(sizes.displayName + 1) })),
    'a channel that is none': () => frame(signed({ channel: 'No Such' })),
    'a number that is none': () => frame(signed({ seq: 0 })),
    'interest in more than a frame holds': () => {
      const servers = [{ id: idOf(50), hops: 0 }];
      const channels = Array.from({ length: channelLimits.interestPerFrame + 1 }, (_, i) => ({
        name: `c${i}`,
        servers,
      }));
      return encodeFederationFrame('interest', { channels });
    },
    'interest from further than words go': () => {
      const channels = [{ name: 'lobby', servers: [{ id: idOf(50), hops: channelHops }] }];
      return encodeFederationFrame('interest', { channels });
    },
    'deep nesting': () => encodeCbor(['ephemeral', { words: [[[[[[[[[1]]]]]]]]] }]),
  };
  for (const [what, bytes] of Object.entries(forged)) {
    it(`loses its link for ${what}`, async () => {
      await using net = new TestNetwork();
      const { ada, friend, stranger } = await scene(net);
      await net.done(stranger.say(bytes(), 'message'));
      assert.equal(await net.done(stranger.link.closed), 'bad-frame');
      assert.deepEqual([ada.heard, friend.heard], [[], []]);
    });
  }

  it('is heard once, however often it repeats itself, also when ids are forgotten', async () => {
    await using net = new TestNetwork();
    const { ada, friend, stranger } = await scene(net);
    const said = frame(signed());
    for (let i = 0; i < 20; i++) await net.done(stranger.say(said, 'message'));
    await net.advance(limits.channelSeenMs + 60_000, 10_000);
    const again = await comes(net, ada);
    await net.done(again.say(said, 'message'));
    assert.deepEqual([ada.heard, friend.heard], [['hi'], ['hi']]);
    assert.equal(ada.links.dropped.seen, 19);
    assert.equal(ada.links.dropped.late, 1);
  });

  it('cannot repeat what another said, by a link that the other does not use', async () => {
    await using net = new TestNetwork();
    const { ada, stranger } = await scene(net);
    const said = signed({ text: 'from a friend' }, 2);
    await net.done(stranger.say(frame(said), 'message'));
    await net.done(stranger.say(frame({ ...said, hops: 1 }), 'message'));
    assert.deepEqual(ada.heard, ['from a friend'], 'it was signed: whoever brings it');
  });

  it('cannot use up the ids of another', async () => {
    await using net = new TestNetwork();
    const { ada, stranger } = await scene(net);
    const said = signed({ text: 'honest' }, 2);
    await net.done(stranger.say(frame(signed({ id: said.words.id, text: 'same id' })), 'message'));
    await net.done(stranger.say(frame(said), 'message'));
    assert.deepEqual(ada.heard, ['same id', 'honest']);
  });

  it('cannot bring words back to the server that said them', async () => {
    await using net = new TestNetwork();
    const { ada, stranger } = await scene(net);
    await net.done(stranger.say(frame(signed({}, 1)), 'message'));
    assert.deepEqual(ada.heard, []);
    assert.equal(ada.links.dropped.own, 1);
  });

  it('goes no further than the hops that are left', async () => {
    await using net = new TestNetwork();
    const { ada, friend, stranger } = await scene(net);
    await net.done(stranger.say(frame(signed({}, 50, 1)), 'message'));
    await net.done(stranger.say(frame(signed({ text: 'further' }, 50, 2)), 'message'));
    assert.deepEqual(ada.heard, ['hi', 'further']);
    assert.deepEqual(friend.heard, ['further']);
  });

  it('is passed over where nobody listens', async () => {
    await using net = new TestNetwork();
    const { ada, friend, stranger } = await scene(net);
    await net.done(stranger.say(frame(signed({ channel: 'empty' })), 'message'));
    assert.equal(ada.links.dropped.unwanted, 1);
    assert.deepEqual([ada.heard, friend.heard], [[], []]);
  });

  it('that floods is cut short, and nobody else is', async () => {
    await using net = new TestNetwork();
    const { ada, friend, stranger } = await scene(net);
    ada.here.add('other');
    const flood = Array.from({ length: 2_000 }, () => frame(signed({ text: 'flood' })));
    for (const bytes of flood) await stranger.say(bytes, 'message');
    await net.settled();
    friend.links.say({
      channel: 'lobby',
      user: userOf(2),
      by: 'bob',
      run: new Uint8Array(8),
      seq: 1,
      at: 1,
      text: 'calm',
    });
    await net.settled();
    const heard = ada.heard.filter((text) => text === 'flood').length;
    assert.equal(heard, 2.5 * limits.peerChannelWordsPerSecond);
    assert.equal(ada.heard.at(-1), 'calm');
    await net.done(stranger.say(frame(signed({ channel: 'other', text: 'elsewhere' })), 'message'));
    assert.equal(ada.heard.at(-1), 'elsewhere', 'one channel does not use up all that a link may bring');
    assert.ok(ada.peer.peers.isLinked(idOf(50)));
  });

  it('that wants everything is told of no more than its share, and takes nobody else’s', async () => {
    await using net = new TestNetwork();
    const { ada, friend, stranger } = await scene(net);
    const servers = [{ id: idOf(50), hops: 0 }];
    const inOnePiece = 128;
    for (let at = 0; at < 2 * channelLimits.interestPerLink; at += inOnePiece) {
      const channels = Array.from({ length: inOnePiece }, (_, i) => ({ name: `c${at + i}`, servers }));
      await net.done(stranger.say(encodeFederationFrame('interest', { channels }), 'control'));
    }
    await net.advance(5_000, 100);
    const reached = (name: string) => ada.links.reach(name).length;
    assert.deepEqual([reached('c0'), reached(`c${channelLimits.interestPerLink}`)], [1, 0]);
    ada.here.add('late');
    ada.links.changed('late');
    friend.here.add('late-too');
    friend.links.changed('late-too');
    await net.advance(500, 100);
    assert.equal(friend.links.reach('late').length, 1);
    assert.equal(reached('late-too'), 1);
  });

  it('that says without end what it wants is read slowly', async () => {
    await using net = new TestNetwork();
    const { ada, stranger } = await scene(net);
    let told = 0;
    for (let i = 0; i < 1_000; i++) {
      const servers = i % 2 === 0 ? [{ id: idOf(50), hops: 0 }] : [];
      const bytes = encodeFederationFrame('interest', { channels: [{ name: 'flap', servers }] });
      void stranger.say(bytes, 'control').then(() => (told += 1));
    }
    await net.settled();
    await net.advance(1_000, 100);
    assert.ok(told > 0);
    assert.ok(ada.peer.peers.isLinked(idOf(50)));
    await net.advance(60_000, 1_000);
    assert.equal(ada.links.reach('flap').length, 0, 'the last word counts');
  });
});
