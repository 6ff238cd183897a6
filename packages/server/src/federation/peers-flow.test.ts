import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limits, linkLimits } from '@parley/protocol';
import { type Priority, priorities } from './priority.ts';
import { exchangeOf, say, testQuestions, whenTold } from './testing-exchange.ts';
import { TestNetwork, type TestPeer, type TestPeerOptions, viewOf } from './testing-network.ts';

const half = { random: () => 0.5, questions: testQuestions };

async function linked(network: TestNetwork, options: TestPeerOptions = {}): Promise<[TestPeer, TestPeer]> {
  const ada = await network.server(1, { ...half, ...options });
  const bob = await network.server(2, { ...half, ...options });
  await network.done(ada.peers.connect(bob.url));
  return [ada, bob];
}

/** Fills a flow of a priority; returns how many frames found room. */
function flood(from: TestPeer, to: TestPeer, flow: string, bytes: number, priority: Priority = 'message'): number {
  let count = 0;
  while (say(from, to, flow, bytes, { priority, flow })) count += 1;
  return count;
}

/** The frames that arrived, with the time on the clock. */
function heard(network: TestNetwork, peer: TestPeer): { label: string; at: number }[] {
  const all: { label: string; at: number }[] = [];
  whenTold(peer, (label) => void all.push({ label, at: network.clock.elapsed() }));
  return all;
}

describe('on a slow line', () => {
  test('a flow that floods does not delay another beyond its share', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    const all = heard(network, bob);
    network.pace.set('s1>s2', 100_000);
    assert.ok(flood(ada, bob, 'flood', 10_000) > 100);
    await network.advance(1_000, 100);
    assert.ok(all.length < 12, 'the line is busy for seconds');
    const start = network.clock.elapsed();
    for (let i = 0; i < 5; i++) say(ada, bob, 'late', 10_000, { priority: 'message', flow: 'late' });
    await network.advance(5_000, 100);
    const late = all.filter(({ label }) => label === 'late').map(({ at }) => at - start);
    // What the link and the line had taken already, 64 KiB and a frame, then every second frame.
    assert.equal(late.length, 5);
    assert.ok(late[0]! <= 1_200 && late[4]! <= 2_000, late.join(' '));
  });

  test('each priority gets its share, and the lowest is not starved', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    const got = new Map<string, number>();
    whenTold(bob, (label) => void got.set(label, (got.get(label) ?? 0) + 1));
    network.pace.set('s1>s2', 100_000);
    const fill = (): void => {
      for (const priority of priorities) for (const _ of [1, 2]) flood(ada, bob, priority, 2_000, priority);
    };
    for (let i = 0; i < 30; i++) {
      fill();
      await network.advance(1_000, 100);
    }
    const shares = [got.get('control')! / 8, got.get('decision')! / 4, got.get('message')! / 2, got.get('bulk')!];
    assert.ok(Math.max(...shares) / Math.min(...shares) < 1.2, shares.join(' '));
    const view = viewOf(ada, bob)!.traffic!;
    assert.ok(view.lagMs > 10_000, `${view.lagMs}`);
    assert.deepEqual(
      view.queued.map(({ priority, frames }) => [priority, frames > 200]),
      priorities.map((priority) => [priority, true]),
    );
  });

  test('signs of life and what is urgent pass a frame of a megabyte', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    const all = heard(network, bob);
    // A megabyte takes 105 s, more than twice as long as a silent link lives.
    network.pace.set('s1>s2', 10_000);
    say(ada, bob, 'large', 1_000_000, { priority: 'bulk' });
    await network.advance(30_000, 500);
    const start = network.clock.elapsed();
    say(ada, bob, 'urgent', 10, { priority: 'control' });
    await network.advance(90_000, 500);
    assert.deepEqual(
      all.map(({ label }) => label),
      ['urgent', 'large'],
    );
    assert.ok(all[0]!.at - start < 10_000, 'behind the 64 KiB that the line had taken');
    assert.equal(viewOf(ada, bob)?.state, 'connected');
    assert.equal(ada.dialled.length, 1);
  });
});

describe('a slow part of the federation', () => {
  test('holds back the frames behind it from that server alone, and the link lives', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    const cyd = await network.server(3, half);
    await network.done(cyd.peers.connect(bob.url));
    const told: string[] = [];
    const waits: (() => void)[] = [];
    whenTold(bob, (label, from) => {
      told.push(label);
      return from === ada.id ? new Promise<void>((resolve) => waits.push(resolve)) : undefined;
    });
    for (const label of ['a1', 'a2']) say(ada, bob, label, 10, { priority: 'message' });
    say(ada, bob, 'a3', 10, { priority: 'control' });
    say(cyd, bob, 'c1', 10, { priority: 'message' });
    await network.settled();
    assert.deepEqual(told.toSorted(), ['a1', 'a3', 'c1'], 'other priorities and servers go on');
    await network.advance(120_000, 5_000);
    assert.equal(viewOf(ada, bob)?.state, 'connected');
    for (const done of waits) done();
    await network.settled();
    assert.equal(told.at(-1), 'a2');
  });

  test('holds back only the flow that it deals with, where it names one', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    const told: string[] = [];
    const waits: (() => void)[] = [];
    const dealWith = (label: string): Promise<void> | undefined => {
      told.push(label);
      return label === 'slow 1' ? new Promise<void>((resolve) => waits.push(resolve)) : undefined;
    };
    whenTold(bob, dealWith, (label) => label.split(' ')[0]!);
    for (const label of ['slow 1', 'slow 2', 'quick 1', 'quick 2']) say(ada, bob, label, 10, { priority: 'message' });
    await network.settled();
    assert.deepEqual(told, ['slow 1', 'quick 1', 'quick 2']);
    waits[0]!();
    await network.settled();
    assert.equal(told.at(-1), 'slow 2');
  });

  test('makes the sender stop at its credit, and what waits there is bounded', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    const waits: (() => void)[] = [];
    whenTold(bob, () => new Promise<void>((resolve) => waits.push(resolve)));
    let sent = 0;
    for (let i = 0; i < 40; i++) {
      sent += flood(ada, bob, `room ${i % 8}`, 60_000);
      await network.settled();
    }
    const view = viewOf(ada, bob)!.traffic!;
    assert.ok(view.bytesOut < linkLimits.windowBytes + 10_000, `${view.bytesOut}`);
    assert.ok(view.queued[2]!.bytes <= 4 * limits.frameBytes);
    assert.ok(sent * 60_000 <= linkLimits.windowBytes + 4 * limits.frameBytes);
    exchangeOf(bob).onAsk('double', async (_from, { n }) => ({ n: 2 * n }));
    const answer = exchangeOf(ada).ask(bob.id, 'double', { n: 4 }, { priority: 'decision' });
    assert.deepEqual(await network.done(answer), { n: 8 }, 'another priority is not held up');
    // All of it arrives once the part is quick again.
    let told = 0;
    while (waits.length > 0) {
      told += waits.length;
      for (const done of waits.splice(0)) done();
      await network.advance(1_000, 500);
    }
    assert.equal(told, sent);
  });

  test('may ask the server whose frame it deals with, in the same priority', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    exchangeOf(ada).onAsk('double', async (_from, { n }) => ({ n: 2 * n }));
    const answers: number[] = [];
    whenTold(bob, async (_label, from) => {
      answers.push((await exchangeOf(bob).ask(from, 'double', { n: 1 }, { priority: 'bulk' })).n);
    });
    for (let i = 0; i < 3; i++) say(ada, bob, 'x', 10, { priority: 'bulk' });
    await network.settled();
    assert.deepEqual(answers, [2, 2, 2]);
  });

  test('is told when there is room again, once for each flow that found none', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    const room: string[] = [];
    ada.peers.whenRoom((server, priority, flow) => room.push(`${server === bob.id} ${priority} ${flow}`));
    network.pace.set('s1>s2', 1_000_000);
    flood(ada, bob, 'a', 100_000);
    flood(ada, bob, 'b', 100_000, 'bulk');
    assert.deepEqual(room, []);
    await network.advance(10_000, 100);
    assert.deepEqual(room.toSorted(), ['true bulk b', 'true message a']);
  });
});

describe('a server that sends faster than it may', () => {
  test('is slowed and not cut, and slows nobody else', async () => {
    await using network = new TestNetwork();
    const limited = { limits: { peerFramesPerSecond: 10 } };
    const [ada, bob] = await linked(network, limited);
    const cyd = await network.server(3, half);
    await network.done(cyd.peers.connect(bob.url));
    const all = heard(network, bob);
    for (let i = 0; i < 200; i++) say(ada, bob, 'flood', 10, { priority: 'message' });
    await network.settled();
    assert.equal(all.length, 20, 'two seconds’ worth');
    say(cyd, bob, 'other', 10, { priority: 'message' });
    say(ada, bob, 'urgent', 10, { priority: 'control' });
    await network.settled();
    await network.advance(200, 100);
    assert.deepEqual(
      all.slice(20).map(({ label }) => label),
      ['other', 'urgent', 'flood'],
    );
    await network.advance(20_000, 500);
    assert.equal(all.length, 202);
    assert.equal(viewOf(bob, ada)?.state, 'connected');
  });
});

describe('operators see of a link', () => {
  test('what passes, what waits, and how long a sign of life takes', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    whenTold(bob, () => {});
    const idle = viewOf(ada, bob)!.traffic!;
    assert.deepEqual(
      [idle.lagMs, idle.roundTripMs, idle.queued.map(({ frames }) => frames)],
      [0, 0, priorities.map(() => 0)],
    );
    network.pace.set('s1>s2', 1_000);
    say(ada, bob, 'x', 5_000, { priority: 'message' });
    await network.advance(20_000, 100);
    const [out, into] = [viewOf(ada, bob)!.traffic!, viewOf(bob, ada)!.traffic!];
    assert.ok(out.bytesOut - idle.bytesOut > 5_000 && out.bytesOut - idle.bytesOut < 5_200);
    assert.ok(into.bytesIn > 5_000);
    // The steps of the clock.
    assert.equal(out.roundTripMs, 100);
  });
});
