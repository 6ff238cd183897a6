import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { circuitLimits, encodeFederationFrame, type PeerFault, type QuestionName } from '@parley/protocol';
import {
  crookedRelay,
  homeServer,
  meet,
  moor,
  publicServer,
  relay,
  type Tamper,
  type TestEnd,
} from './testing-circuits.ts';
import { say, whenTold } from './testing-exchange.ts';
import { idOf, TestNetwork, type TestPeer, viewOf } from './testing-network.ts';
import { type Stranger, strangerAt } from './testing-stranger.ts';

const { windowBytes } = circuitLimits;

interface Crooked {
  ada: TestEnd;
  nat: TestEnd;
  crook: TestPeer;
  /** Whether they came to be linked. */
  fault: PeerFault | undefined;
  heard: string[];
}

async function throughCrook(network: TestNetwork, options: Parameters<typeof crookedRelay>[2]): Promise<Crooked> {
  const [ada, nat] = [await publicServer(network, 1), await homeServer(network, 3)];
  const crook = { ...(await crookedRelay(network, 2, options)), circuits: ada.circuits };
  await moor(network, nat, crook);
  const fault = await meet(network, ada, nat, crook);
  const heard: string[] = [];
  for (const end of [ada, nat]) whenTold(end, (label) => void heard.push(label));
  return { ada, nat, crook, fault, heard };
}

/** Messages of the handshake, hellos, and the first signs of life. */
const early = 10;

const crimes: Record<string, Tamper> = {
  'changes a byte': (bytes, nth) => {
    if (nth < early) return [bytes];
    const changed = bytes.slice();
    changed[changed.length >> 1]! ^= 1;
    return [changed];
  },
  'says a thing twice': (bytes, nth) => (nth < early ? [bytes] : [bytes, bytes]),
  'keeps one back': (bytes, nth) => (nth === early ? [] : [bytes]),
  'cuts one short': (bytes, nth) => (nth < early ? [bytes] : [bytes.subarray(0, bytes.length - 1)]),
  'says something of its own': (bytes, nth) => (nth < early ? [bytes] : [new Uint8Array(200), bytes]),
};

describe('a relay that', () => {
  for (const [what, tamper] of Object.entries(crimes))
    test(`${what} is found out, and nothing of it is taken`, async () => {
      await using network = new TestNetwork();
      const { ada, nat, crook, fault, heard } = await throughCrook(network, { tamper });
      assert.equal(fault, undefined);
      for (let i = 0; i < 6; i++) say(ada, nat, `${i}`, 10_000, { priority: 'message' });
      await network.advance(1_000, 100);
      assert.deepEqual(
        heard,
        ['0', '1', '2', '3', '4', '5'].slice(0, heard.length),
        'in order and each once, as far as it goes',
      );
      assert.ok(heard.length < 6);
      assert.equal(nat.peers.isLinked(ada.id), false);
      assert.ok(nat.peers.isLinked(crook.id), 'the link with the relay itself is another matter');
    });

  test('lets another server answer is found out before anybody has said who they are', async () => {
    await using network = new TestNetwork();
    const mallory = await homeServer(network, 4);
    const { nat, fault } = await throughCrook(network, { route: (to) => (to === idOf(3) ? idOf(4) : to) });
    assert.equal(fault, 'unreachable', 'it has not asked for that');
    const crook = nat.peers.list().find(({ urls }) => urls.includes('http://s2'))!;
    await network.done(mallory.peers.connect('http://s2'));
    await network.done(mallory.circuits.reserve(crook.id!));
    const ada = await publicServer(network, 5);
    await network.done(ada.peers.connect('http://s2'));
    const reached = ada.peers.reach(nat.id, ada.circuits.dial(crook.id!, nat.id));
    assert.equal(await network.done(reached), 'wrong-server');
    assert.deepEqual(mallory.peers.linked(), [crook.id]);
  });

  test('claims that others want in reaches nobody, and costs so much', async () => {
    await using network = new TestNetwork();
    const nat = await homeServer(network, 3, { circuitLimits: { circuitsThroughRelay: 20 } });
    const { peers, url, id } = await network.server(2, { random: () => 0.5 });
    peers.onAsk('reserve', async () => ({ url }));
    const incoming = (circuit: number): Promise<unknown> =>
      peers.ask(nat.id, 'incoming', { circuit, from: idOf(60) }, { priority: 'control' });
    await network.done(nat.peers.connect(url));
    const early = await Promise.allSettled([network.done(incoming(1))]);
    assert.match(String(early[0].status === 'rejected' && early[0].reason.code), /forbidden/);
    await network.done(nat.circuits.reserve(id));
    await network.done(nat.peers.block(idOf(61)));
    const blocked = peers.ask(nat.id, 'incoming', { circuit: 1, from: idOf(61) }, { priority: 'control' });
    await assert.rejects(network.done(blocked), /role does not allow/);
    const asked = await network.done(Promise.allSettled(Array.from({ length: 40 }, (_, i) => incoming(i + 1))));
    assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 20);
    await assert.rejects(network.done(incoming(1)));
    await network.advance(11_000, 1_000);
    assert.deepEqual(nat.peers.linked(), [id]);
    await network.done(incoming(1));
  });

  test('speaks of circuits that there are not is not heeded', async () => {
    await using network = new TestNetwork();
    const { ada, nat, crook, fault } = await throughCrook(network, {});
    assert.equal(fault, undefined);
    const flood = { circuit: 1, bytes: new Uint8Array(60_000) };
    for (let i = 0; i < 60; i++) crook.peers.send(nat.id, 'circuitData', flood, { priority: 'circuit' });
    await network.advance(1_000, 100);
    assert.ok(nat.peers.isLinked(ada.id), 'of a circuit that it does not know it takes no notice');
    assert.ok(nat.peers.isLinked(crook.id));
  });
});

/** Asks as a bare link would; tells of nothing. */
const asks = (n: number, ask: QuestionName, payload: unknown): Uint8Array =>
  encodeFederationFrame('ask', { n, ask, payload });

describe('a server that uses a relay and', () => {
  /** A stranger with an open circuit, of number 9, to a server behind the relay. */
  async function inside(
    network: TestNetwork,
  ): Promise<{ stranger: Stranger; rhea: TestEnd; nat: TestEnd; ada: TestEnd }> {
    const [ada, rhea, nat] = [await publicServer(network, 1), await relay(network, 2), await homeServer(network, 3)];
    await moor(network, nat, rhea);
    assert.equal(await meet(network, ada, nat, rhea), undefined);
    const stranger = await strangerAt(network, rhea);
    await stranger.hello();
    void stranger.listen().catch(() => {});
    await stranger.say(asks(1, 'circuit', { circuit: 9, to: nat.id }), 'control');
    await network.settled();
    assert.equal(rhea.circuits.relayed.circuits, 2);
    return { stranger, rhea, nat, ada };
  }

  const say9 = (stranger: Stranger, bytes: number): Promise<void> =>
    stranger.say(encodeFederationFrame('circuitData', { circuit: 9, bytes: new Uint8Array(bytes) }), 'circuit');

  test('sends more than it was granted loses its link, and nobody else does', async () => {
    await using network = new TestNetwork();
    const { stranger, rhea, nat, ada } = await inside(network);
    // The other end is so far away that it does not hear of this.
    network.pace.set('s2>s3', 1_000);
    for (let sent = 0; sent < windowBytes + 20_000; sent += 16_000) await say9(stranger, 16_000);
    await network.settled();
    assert.equal(await stranger.link.closed, 'bad-frame');
    assert.equal(rhea.circuits.relayed.circuits, 1);
    assert.ok(nat.peers.isLinked(ada.id));
  });

  test('grants what cannot be loses its link', async () => {
    for (const total of [windowBytes - 1, windowBytes + 1, 1e15]) {
      await using network = new TestNetwork();
      const { stranger, ada, nat } = await inside(network);
      await stranger.say(encodeFederationFrame('circuitCredit', { circuit: 9, total }), 'control');
      await network.settled();
      assert.equal(await stranger.link.closed, 'bad-frame');
      assert.ok(nat.peers.isLinked(ada.id));
    }
  });

  test('takes the number of its own circuit again, or of none, is refused or not heeded', async () => {
    await using network = new TestNetwork();
    const { stranger, rhea, nat } = await inside(network);
    await stranger.say(asks(2, 'circuit', { circuit: 9, to: nat.id }), 'control');
    await stranger.say(encodeFederationFrame('circuitEnd', { circuit: 8, reason: 'done' }), 'circuit');
    await stranger.say(encodeFederationFrame('circuitCredit', { circuit: 8, total: 1e15 }), 'control');
    await network.settled();
    const answers = stranger.heard.flatMap(({ frame }) => (frame?.frame === 'answer' ? [frame.payload] : []));
    assert.deepEqual(
      answers.map(({ n, error }) => [n, error?.code]),
      [
        [1, undefined],
        [2, 'duplicate'],
      ],
    );
    assert.equal(rhea.circuits.relayed.circuits, 2);
    await stranger.say(encodeFederationFrame('circuitEnd', { circuit: 9, reason: 'what?' }), 'circuit');
    await network.settled();
    assert.equal(rhea.circuits.relayed.circuits, 1);
  });

  test('says nothing in its circuit has it closed by the other end', async () => {
    await using network = new TestNetwork();
    const { stranger, rhea } = await inside(network);
    await network.advance(12_000, 1_000);
    assert.equal(rhea.circuits.relayed.circuits, 1);
    const ended = stranger.heard.find(({ frame }) => frame?.frame === 'circuitEnd')?.frame;
    assert.deepEqual(ended?.payload, { circuit: 9, reason: 'idle' });
  });

  test('opens circuits to nobody gets none, and soon has to wait', async () => {
    await using network = new TestNetwork();
    const { stranger, rhea, nat } = await inside(network);
    for (let n = 2; n < 90; n++)
      await stranger.say(asks(n, 'circuit', { circuit: n, to: n % 2 ? idOf(70) : idOf(50) }), 'control');
    await network.settled();
    const codes = stranger.heard.flatMap(({ frame }) => (frame?.frame === 'answer' ? [frame.payload.error?.code] : []));
    assert.deepEqual(new Set(codes), new Set([undefined, 'unavailable', 'too-fast']));
    assert.equal(rhea.circuits.relayed.circuits, 2);
    assert.equal(viewOf(rhea, nat)?.state, 'connected');
  });
});
