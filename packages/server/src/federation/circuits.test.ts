import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeFederationFrame, limits, Refusal } from '@parley/protocol';
import { deadMs } from './peer-session.ts';
import { homeServer, meet, moor, publicServer, relay, type TestEnd } from './testing-circuits.ts';
import { labelled, say, whenTold } from './testing-exchange.ts';
import { TestNetwork, viewOf } from './testing-network.ts';

const refusedAs = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

/** One that can be dialled, a relay, and one that only dials out and is linked with the first. */
async function three(network: TestNetwork): Promise<{ ada: TestEnd; rhea: TestEnd; nat: TestEnd }> {
  const [ada, rhea, nat] = [await publicServer(network, 1), await relay(network, 2), await homeServer(network, 3)];
  await moor(network, nat, rhea);
  assert.equal(await meet(network, ada, nat, rhea), undefined);
  return { ada, rhea, nat };
}

describe('a server that nobody can dial', () => {
  test('is reached through a relay, and linked as any other', async () => {
    await using network = new TestNetwork();
    const { ada, rhea, nat } = await three(network);
    assert.equal(await network.done(nat.circuits.reserve(rhea.id)), rhea.url, 'it may ask again');
    const [out, into] = [viewOf(ada, nat), viewOf(nat, ada)];
    assert.deepEqual([out?.state, out?.direction, out?.relay], ['connected', 'out', rhea.id]);
    assert.deepEqual([into?.state, into?.direction, into?.relay], ['connected', 'in', rhea.id]);
    assert.equal(viewOf(ada, rhea)?.relay, undefined);
    const told: string[] = [];
    for (const end of [ada, nat]) whenTold(end, (label, from) => void told.push(`${label} ${from === ada.id}`));
    say(ada, nat, 'hello', limits.frameBytes - 1_000, { priority: 'bulk' });
    say(nat, ada, 'good day', 10, { priority: 'control' });
    await network.advance(1_000, 100);
    assert.deepEqual(told.toSorted(), ['good day false', 'hello true']);
  });

  test('meets another one of its kind at a relay that both have dialled', async () => {
    await using network = new TestNetwork();
    const [rhea, one, two] = [await relay(network, 1), await homeServer(network, 2), await homeServer(network, 3)];
    for (const home of [one, two]) await moor(network, home, rhea);
    assert.equal(await meet(network, one, two, rhea), undefined);
    assert.deepEqual([viewOf(one, two)?.relay, viewOf(two, one)?.relay], [rhea.id, rhea.id]);
    assert.deepEqual(rhea.circuits.relayed, { servers: 2, circuits: 1 });
  });

  test('tells the relay nothing of what is said', async () => {
    await using network = new TestNetwork();
    const { ada, rhea, nat } = await three(network);
    const seen: Uint8Array[] = [];
    const { send } = rhea.peers;
    rhea.peers.send = (server, name, payload, options) => {
      seen.push(encodeFederationFrame(name, payload));
      return send.call(rhea.peers, server, name, payload as never, options);
    };
    const heard: string[] = [];
    whenTold(nat, (label) => void heard.push(label));
    say(ada, nat, 'canary', 40_000, { priority: 'message' });
    await network.advance(1_000, 100);
    assert.deepEqual(heard, ['canary']);
    const all = Buffer.concat(seen);
    assert.ok(all.length > 40_000);
    assert.equal(all.indexOf('canary'), -1);
    assert.equal(all.indexOf(Buffer.alloc(16)), -1, 'nor that most of it was zeros');
  });

  test('is linked directly as soon as one of both can dial the other', async () => {
    await using network = new TestNetwork();
    const { ada, rhea, nat } = await three(network);
    const lost: string[] = [];
    ada.peers.whenLost((server) => lost.push(server));
    await network.advance(11_000, 1_000);
    assert.equal(await network.done(nat.peers.reach(ada.id, ada.url)), undefined);
    assert.deepEqual([viewOf(ada, nat)?.relay, viewOf(ada, nat)?.direction], [undefined, 'in']);
    assert.deepEqual(lost, [nat.id]);
    assert.equal(rhea.circuits.relayed.circuits, 0);
    await network.advance(60_000, 5_000);
    assert.equal(viewOf(nat, ada)?.state, 'connected');
  });

  test('keeps the direct link when a circuit comes to be at the same time', async () => {
    for (const isDirectFirst of [true, false]) {
      await using network = new TestNetwork();
      const [ada, rhea, nat] = [await publicServer(network, 1), await relay(network, 2), await homeServer(network, 3)];
      await moor(network, nat, rhea);
      await network.done(ada.peers.connect(rhea.url));
      const direct = () => nat.peers.reach(ada.id, ada.url);
      const circuit = () => ada.peers.reach(nat.id, ada.circuits.dial(rhea.id, nat.id));
      const [first, second] = isDirectFirst ? [direct, circuit] : [circuit, direct];
      await network.done(Promise.all([first(), second()]));
      assert.deepEqual([viewOf(ada, nat)?.state, viewOf(ada, nat)?.relay], ['connected', undefined]);
      assert.deepEqual([viewOf(nat, ada)?.state, viewOf(nat, ada)?.relay], ['connected', undefined]);
      assert.equal(rhea.circuits.relayed.circuits, 0);
    }
  });
});

describe('a relay that dies', () => {
  test('ends the links through it, in the middle of a transfer, and another one carries them', async () => {
    await using network = new TestNetwork();
    const { ada, rhea, nat } = await three(network);
    const other = await relay(network, 4);
    await moor(network, nat, other);
    const told: string[] = [];
    whenTold(nat, (label) => void told.push(label));
    network.pace.set('s2>s3', 200_000);
    for (let i = 0; i < 4; i++) say(ada, nat, `${i}`, 900_000, { priority: 'bulk', flow: `${i}` });
    await network.advance(2_000, 100);
    assert.deepEqual(told, []);
    await rhea.close();
    await network.advance(1_000, 100);
    assert.deepEqual([ada.peers.isLinked(nat.id), nat.peers.isLinked(ada.id)], [false, false]);
    assert.equal(await meet(network, ada, nat, other), undefined);
    say(ada, nat, 'again', 900_000, { priority: 'bulk' });
    await network.advance(1_000, 100);
    assert.deepEqual(told, ['again'], 'nothing is left of what was under way');
  });

  test('without a word is noticed by the links that carry the circuit', async () => {
    await using network = new TestNetwork();
    const { ada, nat } = await three(network);
    for (const line of ['s1>s2', 's2>s1', 's2>s3', 's3>s2']) network.cut.add(line);
    await network.advance(deadMs + 1_000, 1_000);
    assert.deepEqual([ada.peers.linked(), nat.peers.linked()], [[], []]);
  });
});

describe('a relay', () => {
  test('is one for whom it wants to be, and for nobody unless told', async () => {
    await using network = new TestNetwork();
    const [nat, other] = [await homeServer(network, 3), await homeServer(network, 4)];
    const rhea = await relay(network, 2, { mayReserve: (server) => server === nat.id });
    const plain = await publicServer(network, 5);
    await moor(network, nat, rhea);
    await assert.rejects(moor(network, other, rhea), refusedAs('forbidden'));
    await assert.rejects(moor(network, nat, plain), refusedAs('forbidden'));
    await assert.rejects(network.done(nat.circuits.reserve(other.id)), refusedAs('unavailable'));
    assert.equal(await meet(network, nat, other, rhea), 'unreachable', 'it has no place');
    assert.equal(await meet(network, other, nat, rhea), undefined, 'who has none may reach one that has');
  });

  test('passes nothing on for who comes through another relay', async () => {
    await using network = new TestNetwork();
    const [rhea, nat, ada] = [await relay(network, 2), await homeServer(network, 3), await publicServer(network, 1)];
    const inner = await relay(network, 4);
    for (const home of [nat, inner]) await moor(network, home, rhea);
    inner.deafen();
    await moor(network, ada, inner).catch(() => {});
    assert.equal(await meet(network, nat, inner, rhea), undefined);
    assert.equal(viewOf(nat, inner)?.relay, rhea.id);
    await assert.rejects(network.done(nat.circuits.reserve(inner.id)), refusedAs('forbidden'));
    assert.equal(await network.done(nat.peers.reach(ada.id, nat.circuits.dial(inner.id, ada.id))), 'unreachable');
  });

  test('has so many places, circuits and openings, and says so', async () => {
    await using network = new TestNetwork();
    const circuitLimits = { relayPlaces: 2, relayCircuits: 3, relayCircuitsOfServer: 2 };
    const rhea = await relay(network, 1, { circuitLimits });
    const homes: TestEnd[] = [];
    for (const seed of [2, 3, 4]) homes.push(await homeServer(network, seed));
    const [one, two, three] = homes as [TestEnd, TestEnd, TestEnd];
    await moor(network, one, rhea);
    await moor(network, two, rhea);
    await assert.rejects(moor(network, three, rhea), refusedAs('too-many'));
    const guests: TestEnd[] = [];
    for (const seed of [5, 6]) guests.push(await publicServer(network, seed));
    for (const guest of guests) assert.equal(await meet(network, guest, one, rhea), undefined);
    assert.equal(await meet(network, three, one, rhea), 'busy', 'two ends are taken');
    assert.equal(await meet(network, three, two, rhea), undefined);
    assert.equal(await meet(network, guests[0]!, two, rhea), 'busy', 'three circuits are there');
    await network.done(one.peers.block(guests[1]!.id));
    assert.equal(await meet(network, guests[0]!, two, rhea), undefined, 'one is free again');
    await one.close();
    await moor(network, three, rhea);
    let faults: (string | undefined)[] = [];
    for (let i = 0; i < 70; i++) faults.push(await meet(network, guests[1]!, one, rhea));
    faults = [...new Set(faults)];
    assert.deepEqual(faults, ['unreachable', 'busy'], 'who asks too often waits');
  });

  test('passes on so much a second for each, and the others do not wait', async () => {
    await using network = new TestNetwork();
    const ada = await publicServer(network, 1);
    const circuitLimits = { relayBytesPerSecondOfServer: 100_000, relayBytesPerSecond: 1_000_000 };
    const rhea = await relay(network, 2, { circuitLimits });
    const [nat, bob] = [await homeServer(network, 3), await publicServer(network, 4)];
    await moor(network, nat, rhea);
    assert.equal(await meet(network, ada, nat, rhea), undefined);
    assert.equal(await meet(network, bob, nat, rhea), undefined);
    const got: string[] = [];
    whenTold(nat, (_label, from) => void got.push(from));
    const bytesOf = (from: string): number => got.filter((each) => each === from).length * 10_000;
    const fill = (): void => {
      while (ada.peers.send(nat.id, 'record', labelled('x', 10_000), { priority: 'bulk' }));
    };
    for (let second = 0; second < 20; second++) {
      fill();
      await network.advance(1_000, 100);
    }
    assert.ok(bytesOf(ada.id) > 1_500_000 && bytesOf(ada.id) < 2_800_000, `${bytesOf(ada.id)}`);
    say(bob, nat, 'x', 10_000, { priority: 'bulk' });
    await network.advance(100, 100);
    assert.equal(bytesOf(bob.id), 10_000);
  });

  test('lets no slow end harm others', async () => {
    await using network = new TestNetwork();
    const { ada, rhea, nat } = await three(network);
    const quick = await homeServer(network, 4);
    await moor(network, quick, rhea);
    assert.equal(await meet(network, ada, quick, rhea), undefined);
    network.pace.set('s2>s3', 20_000);
    const heard: string[] = [];
    for (const end of [nat, quick]) whenTold(end, (label, from) => void heard.push(`${label} ${from === ada.id}`));
    while (ada.peers.send(nat.id, 'record', labelled('slow', 16_000), { priority: 'bulk' }));
    await network.advance(5_000, 100);
    heard.length = 0;
    say(ada, quick, 'quick', 16_000, { priority: 'bulk' });
    await network.advance(100, 100);
    assert.ok(heard.includes('quick true'), 'another circuit of the same server goes on');
    say(rhea, nat, 'own', 1_000, { priority: 'message' });
    await network.advance(5_000, 100);
    assert.ok(
      heard.includes('own false'),
      'what the relay says itself waits for what is on the line, not for the rest',
    );
    say(ada, nat, 'urgent', 10, { priority: 'control' });
    await network.advance(30_000, 1_000);
    assert.ok(heard.includes('urgent true'), 'and within the circuit the window is all that is in front');
    const { queued } = viewOf(rhea, nat)!.traffic!;
    assert.ok(queued.find(({ priority }) => priority === 'circuit')!.bytes <= 270_000);
  });

  test('drops the circuits of a server that it blocks, and of one that an end blocks', async () => {
    await using network = new TestNetwork();
    const { ada, rhea, nat } = await three(network);
    await network.done(nat.peers.block(ada.id));
    assert.equal(ada.peers.isLinked(nat.id), false);
    assert.equal(rhea.circuits.relayed.circuits, 0);
    assert.equal(await meet(network, ada, nat, rhea), 'refused');
    await network.done(nat.peers.unblock(ada.id));
    assert.equal(await meet(network, ada, nat, rhea), undefined);
    await network.done(rhea.peers.block(ada.id));
    assert.equal(nat.peers.isLinked(ada.id), false);
    await network.done(rhea.peers.unblock(ada.id));
    await network.advance(30_000, 1_000);
    await network.done(rhea.peers.block(nat.id));
    assert.deepEqual(rhea.circuits.relayed, { servers: 0, circuits: 0 });
  });
});
