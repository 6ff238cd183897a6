import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeCbor, encodeFederationFrame, linkLimits } from '@parley/protocol';
import { encodePiece } from './pieces.ts';
import type { Priority } from './priority.ts';
import { exchangeOf, labelled, say, testQuestions, whenTold } from './testing-exchange.ts';
import { idOf, TestNetwork, type TestPeer, viewOf } from './testing-network.ts';
import { type Stranger, strangerAt } from './testing-stranger.ts';

const half = { random: () => 0.5, questions: testQuestions };
const ask = (n: number, payload: unknown = { n: 1 }, name = 'double'): Uint8Array =>
  encodeFederationFrame('ask', { n, ask: name, payload });
const record = encodeFederationFrame('record', labelled('x', 10));

/** A stranger who has said hello and reads on. */
async function greeted(network: TestNetwork, server: TestPeer, seed?: number): Promise<Stranger> {
  const stranger = await strangerAt(network, server, seed);
  void stranger.listen();
  await stranger.hello();
  await network.settled();
  return stranger;
}

/** What it was answered, by the question's number. */
function answers({ heard }: Stranger): Map<number, string> {
  const all = new Map<number, string>();
  for (const { frame } of heard)
    if (frame?.frame === 'answer') all.set(frame.payload.n, frame.payload.error?.code ?? 'reply');
  return all;
}

describe('a stranger', () => {
  test('learns of an unknown question and a malformed one, and the link goes on', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, half);
    exchangeOf(ada).onAsk('double', async (_from, { n }) => ({ n: 2 * n }));
    const stranger = await greeted(network, ada);
    await stranger.say(ask(1, {}, 'from.the.future'), 'bulk');
    await stranger.say(ask(2, {}, '__proto__'), 'bulk');
    await stranger.say(ask(3, { n: 'three' }), 'bulk');
    await stranger.say(ask(4), 'bulk');
    await network.settled();
    assert.deepEqual(
      [...answers(stranger)],
      [
        [1, 'unknown-request'],
        [2, 'unknown-request'],
        [3, 'bad-request'],
        [4, 'reply'],
      ],
    );
    assert.ok(stranger.heard.every(({ priority, frame }) => frame?.frame !== 'answer' || priority === 'bulk'));
  });

  const endings: Record<string, (stranger: Stranger) => Promise<void>> = {
    'an answer that nobody asked for': (stranger) =>
      stranger.say(encodeFederationFrame('answer', { n: 1, reply: {} }), 'control', true),
    'an answer in the line of frames': (stranger) =>
      stranger.say(encodeFederationFrame('answer', { n: 1, reply: {} }), 'control'),
    'a frame that calls itself an answer': (stranger) => stranger.say(record, 'control', true),
    'a question with a number that is being answered': async (stranger) => {
      await stranger.say(ask(1), 'bulk');
      await stranger.say(ask(1), 'message');
    },
    'a frame of the link itself among the others': (stranger) =>
      stranger.say(encodeFederationFrame('ping', { n: 1 }), 'control'),
    'a second hello among the others': (stranger) =>
      stranger.say(encodeFederationFrame('hello', { versions: [1], name: 'x', features: [] }), 'control'),
    'a frame of others among those of the link itself': (stranger) => stranger.say(record),
    'a pong without a ping': (stranger) => stranger.say(encodeFederationFrame('pong', { n: 99 })),
    'credit for what was never sent': (stranger) =>
      stranger.say(encodeFederationFrame('credit', { priority: 'bulk', total: 1e15 })),
    'credit taken back': (stranger) => stranger.say(encodeFederationFrame('credit', { priority: 'bulk', total: 1 })),
    'deep nesting': (stranger) => stranger.say(Uint8Array.from([...Array(2_000).fill(0x81), 1]), 'bulk'),
    'a promise of a billion items': (stranger) => stranger.say(Uint8Array.fromHex('9a3b9aca00'), 'bulk'),
    'a name that is none': (stranger) => stranger.say(encodeCbor(['x'.repeat(65), {}]), 'bulk'),
    'a piece that is too large': (stranger) => stranger.link.send(new Uint8Array(20_000).fill(1)),
    'a frame above the limit': (stranger) => pieces(stranger, 65, 'bulk'),
  };
  for (const [what, run] of Object.entries(endings)) {
    test(`ends the link with ${what}`, async () => {
      await using network = new TestNetwork();
      const ada = await network.server(1, half);
      exchangeOf(ada).onAsk('double', () => new Promise(() => {}));
      const stranger = await greeted(network, ada);
      await network.done(run(stranger));
      await network.settled();
      assert.equal(await network.done(stranger.link.closed), 'bad-frame');
      assert.deepEqual(ada.peers.list(), []);
    });
  }

  test('that sends more than its credit ends the link, and a slow part is not the reason', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, half);
    whenTold(ada, () => new Promise(() => {}));
    const stranger = await greeted(network, ada);
    const frame = encodeFederationFrame('record', labelled('x', 16_000));
    const most = Math.floor(linkLimits.windowBytes / (frame.length + linkLimits.pieceOverheadBytes));
    for (let i = 0; i < most; i++) await network.done(stranger.say(frame, 'bulk'));
    assert.ok(ada.peers.isLinked(idOf(50)));
    await network.done(stranger.say(frame, 'bulk'));
    await network.done(stranger.say(frame, 'bulk'));
    assert.equal(await network.done(stranger.link.closed), 'bad-frame');
  });

  test('that asks ten thousand questions at once has some answered and is told to slow down', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, { ...half, limits: { peerFramesPerSecond: 1e6 } });
    const waits: (() => void)[] = [];
    let most = 0;
    exchangeOf(ada).onAsk('double', async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waits.push(resolve);
      most = Math.max(most, waits.length);
      await promise;
      return { n: 1 };
    });
    const stranger = await greeted(network, ada);
    for (let n = 1; n <= 10_000; n++) {
      await stranger.say(ask(n), 'bulk');
      if (n % 100 === 0) await network.settled();
    }
    await network.settled();
    assert.equal(most, 2 * linkLimits.asksUnderWay);
    for (const done of waits) done();
    await network.settled();
    const all = [...answers(stranger).values()];
    assert.equal(all.filter((code) => code === 'reply').length, 2 * linkLimits.asksUnderWay);
    assert.equal(all.length, 10_000);
    assert.ok(ada.peers.isLinked(idOf(50)));
  });

  test('that pings without end is read ever more slowly, and costs one answer at a time', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, half);
    const stranger = await greeted(network, ada);
    const before = stranger.heard.length;
    let stopped = 0;
    const ping = encodeFederationFrame('ping', { n: 1 });
    for (let i = 0; i < 20; i++) {
      let isTaken = false;
      const pinged = Promise.all(Array.from({ length: 100 }, () => stranger.say(ping))).then(() => {
        isTaken = true;
      });
      await network.settled();
      if (!isTaken) stopped += 1;
      void pinged;
    }
    assert.ok(stopped > 5, 'the line is full');
    assert.ok(stranger.heard.length - before <= 410);
    await network.advance(10_000, 100);
    assert.ok(ada.peers.isLinked(idOf(50)));
  });

  test('that never reads costs bounded memory and harms nobody', async () => {
    await using network = new TestNetwork();
    const limits = { peerOutgoingBytes: 6_000_000 };
    const ada = await network.server(1, { ...half, limits });
    const bob = await network.server(2, half);
    await network.done(bob.peers.connect(ada.url));
    let told = 0;
    whenTold(bob, () => {
      told += 1;
    });
    const deaf = await Promise.all([51, 52].map((seed) => strangerAt(network, ada, seed)));
    for (const each of deaf) await each.hello();
    await network.settled();
    const [first, second] = [idOf(51), idOf(52)];
    const fill = (id: string, flow: string): void => {
      while (ada.peers.send(id, 'record', labelled('x', 50_000), { priority: 'message', flow }));
    };
    for (let room = 0; room < 8; room++) fill(first, `${room}`);
    assert.ok(viewOf(ada, { id: first })!.traffic!.queued[2]!.bytes <= 4_194_304);
    say(ada, bob, 'x', 50_000, { priority: 'message' });
    await network.settled();
    assert.equal(told, 1);
    for (let room = 0; room < 2; room++) fill(second, `${room}`);
    assert.deepEqual(
      [ada.peers.isLinked(first), ada.peers.isLinked(second), ada.peers.isLinked(bob.id)],
      [false, true, true],
      'whoever holds most had to go',
    );
  });

  test('that says what cannot be read again and again has to wait, and operators see why', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, half);
    const reasons: string[] = [];
    for (let i = 0; i < 7; i++) {
      const stranger = await strangerAt(network, ada);
      await stranger.hello();
      await stranger.say(Uint8Array.of(0xff), 'bulk');
      reasons.push(await network.done(stranger.link.closed));
    }
    assert.deepEqual(reasons, [...Array(6).fill('bad-frame'), 'busy']);
    const [refusal] = ada.peers.refused();
    assert.deepEqual([refusal?.server, refusal?.fault, refusal?.times], [idOf(50), 'unruly', 1]);
    await greeted(network, ada, 53);
    assert.ok(ada.peers.isLinked(idOf(53)), 'others are let in');
    await network.advance(60_000, 5_000);
    await greeted(network, ada);
    assert.ok(ada.peers.isLinked(idOf(50)));
  });
});

/** So many full pieces of one frame, as far as they are taken. */
async function pieces(stranger: Stranger, count: number, priority: Priority): Promise<void> {
  const bytes = new Uint8Array(linkLimits.pieceBytes);
  for (let i = 0; i < count; i++)
    await stranger.link.send(encodePiece({ priority, isAnswer: false, hasMore: true, bytes })).catch(() => {});
}
