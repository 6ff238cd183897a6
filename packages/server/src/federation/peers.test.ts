import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeFederationFrame, Refusal } from '@parley/protocol';
import { deadMs } from './peer-session.ts';
import { type FrameLink, secureAccepted } from './secure-link.ts';
import { idOf, TestNetwork, type TestPeer, viewOf } from './testing-network.ts';
import { strangersHello as hello, Stranger, strangerAt, strangersKey } from './testing-stranger.ts';

const half = { random: () => 0.5 };
const refusedAs = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

/** Both see one link, dialled by the first. */
function assertLinked(dialler: TestPeer, other: TestPeer): void {
  const [out, into] = [viewOf(dialler, other), viewOf(other, dialler)];
  assert.deepEqual([out?.state, out?.direction], ['connected', 'out']);
  assert.deepEqual([into?.state, into?.direction], ['connected', 'in']);
}

describe('servers link', () => {
  test('by an address, and each knows the other by its key and the name that it claims', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = [await network.server(1), await network.server(2)];
    const view = await network.done(ada.peers.connect(bob.url));
    const { traffic, ...rest } = view;
    assert.equal(traffic?.lagMs, 0);
    assert.deepEqual(rest, {
      id: bob.id,
      name: 's2.example',
      urls: [bob.url],
      state: 'connected',
      direction: 'out',
      since: network.clock.now(),
    });
    assertLinked(ada, bob);
    assert.deepEqual(viewOf(bob, ada)?.urls, []);
  });

  test('not with another network, nor with themselves, and say why', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1);
    const bob = await network.server(2, { network: 'other' });
    assert.equal((await network.done(ada.peers.connect(bob.url))).lastError, 'bad-handshake');
    assert.equal((await network.done(ada.peers.connect(ada.url))).lastError, 'same-server');
    assert.deepEqual(
      ada.peers.list().map(({ id, state }) => [id, state]),
      [
        [undefined, 'waiting'],
        [undefined, 'waiting'],
      ],
    );
    assert.deepEqual(bob.peers.list(), []);
  });

  test('and hold an address to the server that answered there first', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, half);
    const bob = await network.server(2);
    await network.done(ada.peers.connect(bob.url));
    await bob.close();
    // Somebody else answers at the address of the second.
    const mallory = await network.server(3);
    network.links.listen({ host: 's2', port: 1 }, (link) => mallory.peers.accept(link));
    await network.advance(600);
    const view = viewOf(ada, bob);
    assert.deepEqual([view?.state, view?.lastError], ['waiting', 'wrong-server']);
    assert.deepEqual(mallory.peers.list(), []);
  });

  test('when they dial each other at the same time, and keep the link of the smaller id', async () => {
    for (const [first, second] of [
      [1, 2],
      [2, 1],
    ] as const) {
      await using network = new TestNetwork();
      const [a, b] = [await network.server(first), await network.server(second)];
      await network.done(Promise.all([a.peers.connect(b.url), b.peers.connect(a.url)]));
      assert.equal(a.accepted.length + b.accepted.length, 2, 'they crossed');
      const [smaller, larger] = a.id < b.id ? [a, b] : [b, a];
      assertLinked(smaller, larger);
      await network.advance(120_000, 5_000);
      assertLinked(smaller, larger);
      assert.equal(a.dialled.length + b.dialled.length, 2, 'and neither dials again');
    }
  });

  test('again at once when one lost the link and the other has not noticed', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = [await network.server(1, half), await network.server(2, half)];
    await network.done(ada.peers.connect(bob.url));
    await network.advance(20_000, 5_000);
    // Nothing of the first link arrives any more; the dialler starts anew.
    network.cut.add('s1>s2').add('s2>s1');
    const { db } = ada;
    const closing = ada.close();
    await network.settled();
    await closing;
    network.cut.clear();
    assert.equal(viewOf(bob, ada)?.state, 'connected');
    const again = await network.server(1, { ...half, db });
    assertLinked(again, bob);
    assert.equal(await bob.accepted[0]!.closed, 'replaced');
    await network.advance(deadMs + 10_000, 5_000);
    assertLinked(again, bob);
  });

  test('no more than the limit, and the address tells so', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, { limits: { peers: 1, peerAddresses: 1 } });
    const [bob, carl] = [await network.server(2), await network.server(3)];
    await network.done(bob.peers.connect(ada.url));
    assert.equal((await network.done(carl.peers.connect(ada.url))).lastError, 'busy');
    assert.equal(ada.peers.list().length, 1);
    await network.done(ada.peers.connect(carl.url));
    assert.equal(viewOf(ada, carl)?.state, 'connected', 'one that an operator asked for has its place');
    await assert.rejects(ada.peers.connect(bob.url), refusedAs('too-many'));
    await assert.rejects(ada.peers.connect('http://S3/path'), refusedAs('bad-request'));
  });
});

describe('a server that cannot be reached', () => {
  test('is dialled again and again, ever more rarely, and never given up', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, half);
    const view = await network.done(ada.peers.connect('http://s2'));
    assert.deepEqual([view.state, view.lastError, view.retryAt], ['waiting', 'unreachable', network.clock.now() + 500]);
    const gaps = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, ...Array<number>(50).fill(150_000)];
    for (const [i, gap] of gaps.entries()) {
      await network.advance(gap - 1);
      assert.equal(ada.dialled.length, i + 1);
      await network.advance(1);
      assert.equal(ada.dialled.length, i + 2);
    }
    const bob = await network.server(2);
    await network.advance(150_000);
    assertLinked(ada, bob);
  });

  test('inbound traffic resets our backoff: it is taken in, no longer dialled, and linked again at once after a break', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, half);
    const bob = await network.server(2, half);
    await network.done(ada.peers.connect(bob.url));
    bob.deafen();
    bob.accepted[0]!.close('lost');
    network.cut.add('s1>s2');
    await network.advance(200_000, 5_000);
    assert.equal(viewOf(ada, bob)?.state, 'connecting');
    network.cut.clear();
    const dialled = ada.dialled.length;
    await network.done(bob.peers.connect(ada.url));
    assertLinked(bob, ada);
    await network.advance(60_000, 5_000);
    assert.equal(ada.dialled.length, dialled);

    // What came in set the wait back to its beginning.
    ada.accepted.at(-1)!.close('lost');
    await network.settled();
    const [mine, theirs] = [viewOf(ada, bob), viewOf(bob, ada)];
    assert.ok(
      [mine, theirs].every((view) => view?.state === 'connected' || (view?.retryAt ?? 0) <= network.clock.now() + 500),
    );
  });

  test('is noticed when nothing comes from it, and a live link stays', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = [await network.server(1, half), await network.server(2)];
    await network.done(ada.peers.connect(bob.url));
    await network.advance(600_000, 5_000);
    assertLinked(ada, bob);
    assert.equal(ada.dialled.length, 1);
    network.cut.add('s2>s1');
    await network.advance(deadMs - 5_000, 5_000);
    assert.equal(viewOf(ada, bob)?.state, 'connected');
    await network.advance(20_000, 5_000);
    assert.notEqual(viewOf(ada, bob)?.state, 'connected');
  });

  test('is dialled no more once its address is taken away', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, half);
    await network.done(ada.peers.connect('http://s2'));
    await network.done(ada.peers.disconnect('http://s2'));
    await network.advance(60_000, 1_000);
    assert.equal(ada.dialled.length, 1);
    assert.deepEqual(ada.peers.list(), []);
    await assert.rejects(ada.peers.disconnect('http://s2'), refusedAs('not-found'));
  });
});

describe('a block', () => {
  test('a block is symmetric: it ends the link and allows none, in neither direction, until it is lifted', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = [await network.server(1, half), await network.server(2, half)];
    await network.done(ada.peers.connect(bob.url));
    await network.done(ada.peers.block(bob.id));
    assert.equal(viewOf(ada, bob)?.state, 'blocked');
    assert.equal(viewOf(bob, ada), undefined);
    await network.advance(600_000, 5_000);
    assert.equal(ada.dialled.length, 1, 'it is not dialled');

    const view = await network.done(bob.peers.connect(ada.url));
    assert.deepEqual([view.state, view.lastError], ['waiting', 'refused']);
    await network.advance(60_000, 5_000);
    assert.equal(viewOf(ada, bob)?.state, 'blocked');
    await network.done(bob.peers.disconnect(ada.url));

    await network.done(ada.peers.unblock(bob.id));
    assertLinked(ada, bob);
    await assert.rejects(ada.peers.unblock(bob.id), refusedAs('not-found'));
  });

  test('holds for an address whose server was not known yet', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = [await network.server(1, half), await network.server(2)];
    await network.done(ada.peers.block(bob.id));
    assert.equal((await network.done(ada.peers.connect(bob.url))).state, 'blocked');
    await network.advance(60_000, 5_000);
    assert.equal(ada.dialled.length, 1);
    assert.deepEqual(bob.peers.list(), []);
  });

  test('is of another server, and there are only so many', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, { limits: { peersBlocked: 1 } });
    await assert.rejects(ada.peers.block(ada.id), refusedAs('bad-request'));
    await network.done(ada.peers.block(idOf(2)));
    await assert.rejects(ada.peers.block(idOf(3)), refusedAs('too-many'));
  });
});

describe('a restart', () => {
  test('remembers addresses, keys, names and blocks', async () => {
    await using network = new TestNetwork();
    const [bob, carl] = [await network.server(2), await network.server(3)];
    const ada = await network.server(1, half);
    await network.done(ada.peers.connect(bob.url));
    await network.done(ada.peers.connect(carl.url));
    await network.done(ada.peers.block(carl.id));
    await network.done(ada.peers.block(idOf(4)));
    await network.done(ada.peers.block(idOf(5)));
    await network.done(ada.peers.unblock(idOf(5)));
    await ada.close();
    network.cut.add('s1>s2');
    const again = await network.server(1, { ...half, db: ada.db });
    const seen = again.peers.list().map(({ id, name, urls, state }) => ({ id, name, urls, state }));
    assert.deepEqual(
      new Set(seen.map((each) => JSON.stringify(each))),
      new Set(
        [
          { id: bob.id, name: 's2.example', urls: [bob.url], state: 'connecting' },
          { id: carl.id, name: 's3.example', urls: [carl.url], state: 'blocked' },
          { id: idOf(4), name: undefined, urls: [], state: 'blocked' },
        ].map((each) => JSON.stringify(each)),
      ),
    );
    assert.equal(again.dialled.length, 1);
  });

  test('dials what the configuration names, and no longer what it named before', async () => {
    await using network = new TestNetwork();
    const [bob, carl] = [await network.server(2), await network.server(3)];
    const first = await network.server(1, { ...half, configured: [bob.url, carl.url] });
    assertLinked(first, bob);
    assertLinked(first, carl);
    await network.done(first.peers.connect(carl.url));
    await first.close();
    const second = await network.server(1, { ...half, db: first.db, configured: [] });
    assert.deepEqual(
      second.dialled.map(({ url }) => url),
      [carl.url],
      'what an operator put in stays',
    );
  });
});

describe('on a link', () => {
  test('a frame of an unknown name is passed over, and a ping is answered', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1);
    const stranger = await strangerAt(network, ada);
    void stranger.listen();
    await stranger.say(encodeFederationFrame('hello', { ...hello, later: true } as typeof hello));
    await network.settled();
    assert.equal(viewOf(ada, { id: idOf(50) })?.name, 'stranger.example');
    // ["later", 1]
    await stranger.say(Uint8Array.fromHex('82656c6174657201'));
    await stranger.say(Uint8Array.fromHex('82656c6174657201'), 'bulk');
    await stranger.say(encodeFederationFrame('ping', { n: 7 }));
    await network.settled();
    assert.deepEqual(stranger.heard.at(-1), { priority: undefined, frame: { frame: 'pong', payload: { n: 7 } } });
  });

  const bad: Record<string, Uint8Array[]> = {
    'a frame before hello': [encodeFederationFrame('ping', { n: 1 })],
    'a second hello': [encodeFederationFrame('hello', hello), encodeFederationFrame('hello', hello)],
    'bytes that are no CBOR': [encodeFederationFrame('hello', hello), Uint8Array.of(0xff)],
    'a frame that is no array': [encodeFederationFrame('hello', hello), Uint8Array.fromHex('a0')],
    'a number out of bounds': [encodeFederationFrame('hello', hello), encodeFederationFrame('ping', { n: -1 })],
    'a name that is no host name': [encodeFederationFrame('hello', { ...hello, name: '\u202eevil' })],
    'deep nesting': [encodeFederationFrame('hello', hello), Uint8Array.from([...Array(20).fill(0x81), 1])],
  };
  for (const [what, frames] of Object.entries(bad)) {
    test(`${what} ends it as bad-frame`, async () => {
      await using network = new TestNetwork();
      const ada = await network.server(1);
      const stranger = await strangerAt(network, ada);
      for (const frame of frames) await stranger.say(frame);
      await network.settled();
      assert.equal(await stranger.link.closed, 'bad-frame');
      assert.deepEqual(ada.peers.list(), []);
    });
  }

  test('without a version that both know, or without a hello in time, it ends', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1);
    const newer = await strangerAt(network, ada);
    await newer.say(encodeFederationFrame('hello', { ...hello, versions: [2, 3] }));
    await network.settled();
    assert.equal(await newer.link.closed, 'refused');
    const silent = await strangerAt(network, ada);
    await network.advance(10_000);
    assert.equal(await silent.link.closed, 'idle');
    assert.equal(network.clock.timers, 0);
  });

  test('one address begins only so many, one after another', async () => {
    await using network = new TestNetwork();
    await network.server(1);
    const reasons: string[] = [];
    for (let i = 0; i < 61; i++) {
      const link = await network.links.dial('flood', { host: 's1', port: 1 })();
      await link.send(Uint8Array.of(1)).catch(() => {});
      reasons.push(await network.done(link.closed));
    }
    assert.deepEqual(new Set(reasons.slice(0, 60)), new Set(['bad-frame']));
    assert.equal(reasons[60], 'busy');
  });

  test('all addresses together begin only so many at a time', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1);
    const links = [];
    for (let i = 0; i < 66; i++) links.push(await network.links.dial(`10.0.0.${i}`, { host: 's1', port: 1 })());
    await network.settled();
    assert.deepEqual(await Promise.all(links.slice(64).map(({ closed }) => closed)), ['busy', 'busy']);
    await network.advance(10_000);
    assert.equal(network.clock.timers, 0);
    assert.ok(await strangerAt(network, ada), 'there is room again');
  });
});

describe('a server that shows the door behind the handshake', () => {
  test('is not asked again at once', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, half);
    const options = strangersKey(9);
    const links: FrameLink[] = [];
    network.links.listen({ host: 's9', port: 1 }, async (link) => {
      const { link: secure } = await secureAccepted(link, options);
      links.push(secure);
      await new Stranger(secure).hello();
    });
    assert.equal((await network.done(ada.peers.connect('http://s9'))).state, 'connected');
    links[0]!.close('refused');
    await network.settled();
    const view = viewOf(ada, options.identity);
    assert.deepEqual([view?.lastError, view?.retryAt], ['refused', network.clock.now() + 16_000]);
    await network.advance(16_000);
    assert.equal(links.length, 2);
    links[1]!.close('going-away');
    await network.settled();
    assert.equal(viewOf(ada, options.identity)?.retryAt, network.clock.now() + 500);
  });
});
