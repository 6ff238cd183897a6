import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Link } from '@parley/link';
import { Clock } from './clock.ts';
import { Life } from './life.ts';
import { Network } from './network.ts';
import { Random } from './random.ts';

const at = { host: 'home', port: 1 };
const bytes = (text: string) => new TextEncoder().encode(text);

async function connected() {
  const clock = new Clock();
  const random = new Random(1);
  const network = new Network(clock, random);
  const [home, phone] = [new Life('home', clock, random), new Life('phone', clock, random)];
  let accepted: Link | undefined;
  network.listen(home, at, (link) => {
    accepted = link;
  });
  const dialled = network.dial(phone, at)();
  await clock.pass(1);
  const link = await dialled;
  const heard: string[] = [];
  const ended: string[] = [];
  void (async () => {
    for await (const frame of accepted!.frames()) heard.push(new TextDecoder().decode(frame));
  })();
  link.closed.then((reason) => ended.push(`phone ${reason}`));
  accepted!.closed.then((reason) => ended.push(`home ${reason}`));
  return { clock, network, home, phone, link, heard, ended, wire: network.wires[0]! };
}

test('frames arrive late and in order', async () => {
  const { clock, network, link, heard } = await connected();
  network.delayMs = [5, 50];
  for (let i = 0; i < 20; i++) link.send(bytes(`${i}`)).catch(() => {});
  await clock.pass(4);
  assert.deepEqual(heard, []);
  await clock.pass(100);
  assert.deepEqual(
    heard,
    Array.from({ length: 20 }, (_, i) => `${i}`),
  );
});

test('a stalled direction holds everything back, and lets it go in order', async () => {
  const { clock, network, wire, link, heard } = await connected();
  network.stall(wire, 'up');
  for (const word of ['a', 'b']) void link.send(bytes(word));
  await clock.pass(100);
  assert.deepEqual(heard, []);
  network.flow(wire, 'up');
  void link.send(bytes('c'));
  await clock.pass(1);
  assert.deepEqual(heard, ['a', 'b', 'c']);
});

test('what is under way when a direction stalls stays before what is sent later', async () => {
  const { clock, network, wire, link, heard } = await connected();
  network.delayMs = [50, 50];
  void link.send(bytes('a'));
  await clock.pass(20);
  network.stall(wire, 'up');
  void link.send(bytes('b'));
  await clock.pass(45);
  network.flow(wire, 'up');
  void link.send(bytes('c'));
  await clock.pass(200);
  assert.deepEqual(heard, ['a', 'b', 'c']);
});

test('a blocked line holds back every wire between two hosts in that direction, new ones too', async () => {
  const { clock, network, phone, link, heard } = await connected();
  network.block('phone', 'home');
  network.block('phone', 'home');
  void link.send(bytes('a'));
  const dialled = network.dial(phone, at)();
  await clock.pass(5_000);
  network.unblock('phone', 'home');
  await clock.pass(1);
  assert.deepEqual(heard, []);
  network.unblock('phone', 'home');
  await clock.pass(1);
  assert.deepEqual(heard, ['a']);
  assert.equal((await dialled).peer.address, 'home');
});

test('a slow line delays what passes from one host to another', async () => {
  const { clock, network, link, heard } = await connected();
  network.slow('phone', 'home', [500, 500]);
  void link.send(bytes('a'));
  await clock.pass(499);
  assert.deepEqual(heard, []);
  await clock.pass(2);
  assert.deepEqual(heard, ['a']);
});

test('a cut is seen by both ends, by one, or only by the heartbeat', async () => {
  for (const told of ['both', 'one', 'neither'] as const) {
    const { clock, network, wire, ended, link, heard } = await connected();
    network.sever(wire, told);
    link.send(bytes('lost')).catch(() => {});
    await clock.pass(1);
    assert.equal(ended.length, told === 'both' ? 2 : told === 'one' ? 1 : 0, told);
    await clock.pass(120_000);
    assert.equal(ended.length, 2, told);
    assert.deepEqual(heard, []);
  }
});

test('the death of a program ends its connections and its door', async () => {
  const { clock, network, home, phone, ended } = await connected();
  home.kill();
  await clock.pass(1);
  assert.deepEqual(ended.toSorted(), ['home lost', 'phone lost']);
  await assert.rejects(async () => {
    const dialled = network.dial(phone, at)();
    dialled.catch(() => {});
    await clock.pass(20_000);
    await dialled;
  });
});

test('a host that cannot be reached is given up', async () => {
  const { clock, network, phone } = await connected();
  network.reach('home', false);
  const failed: unknown[] = [];
  network
    .dial(phone, at)()
    .catch((error) => {
      failed.push(error);
    });
  await clock.pass(9_000);
  assert.equal(failed.length, 0);
  await clock.pass(2_000);
  assert.ok(failed[0] instanceof Error);
});
