import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkConformance, nextFrame, payload } from './conformance.ts';
import { frameOnce } from './framing.ts';
import { type Link, LinkClosed } from './link.ts';
import { ManualTimers } from './manual-timers.ts';
import { type Carry, memoryNetwork, type Piece, pair } from './memory.ts';

const where = { host: 'server', port: 1 };

linkConformance('memory', {
  async pair(dialOptions = {}, listenOptions = {}) {
    const [dialled, accepted] = pair(dialOptions, listenOptions);
    return {
      dialled,
      accepted,
      async close() {
        dialled.close('lost');
        accepted.close('lost');
      },
    };
  },
});

linkConformance('memory network', {
  async pair(dialOptions, listenOptions) {
    const network = memoryNetwork();
    const accepted: Link[] = [];
    const listener = network.listen(where, (link) => accepted.push(link), listenOptions);
    const dialled = await network.dial('client', where, dialOptions)();
    return {
      dialled,
      accepted: accepted[0]!,
      async close() {
        dialled.close('lost');
        await listener.close();
      },
    };
  },
});

/** Carries when told, or not at all. */
function held() {
  const pieces: { piece: Piece; deliver: () => void }[] = [];
  const carry: Carry = (piece, deliver) => pieces.push({ piece, deliver });
  return { pieces, carry, deliverNext: () => pieces.shift()?.deliver() };
}

test('delivers when the scheduler says so', async () => {
  const { pieces, carry, deliverNext } = held();
  const [first, second] = pair({ carry });
  await first.send(payload(3));
  first.close('replaced');
  assert.deepEqual(
    pieces.map(({ piece }) => piece),
    [
      { from: 'first', to: 'second', kind: 'frame', bytes: 3 },
      { from: 'first', to: 'second', kind: 'close', bytes: 0 },
    ],
  );
  assert.equal(first.buffered, 3);
  deliverNext();
  assert.deepEqual(await nextFrame(second), payload(3));
  assert.equal(first.buffered, 0);
  await second.send(payload(1));
  deliverNext();
  assert.equal(await second.closed, 'replaced');
});

test('notices a cut by its heartbeat', async () => {
  const timers = new ManualTimers();
  let cut = false;
  const carry: Carry = (_piece, deliver) => cut || queueMicrotask(deliver);
  const [first, second] = pair({ carry, timers, heartbeatMs: 1000 });
  timers.advance(1000);
  await Promise.resolve();
  timers.advance(1000);
  cut = true;
  for (let beats = 0; beats < 3; beats += 1) timers.advance(1000);
  assert.equal(await first.closed, 'lost');
  assert.equal(await second.closed, 'lost');
  assert.equal(timers.size, 0);
});

test('does not share bytes between the sides', async () => {
  const [first, second] = pair();
  const frame = payload(3);
  await first.send(frame);
  first.write(frameOnce('length-prefixed', frame));
  frame.fill(0);
  assert.deepEqual(await nextFrame(second), payload(3));
});

test('dials by name, and fails as lost where nobody listens', async () => {
  const network = memoryNetwork({ encoding: 'cbor' });
  const listener = network.listen(where, (link) => link.write(frameOnce(link.framing, payload(2))));
  assert.throws(() => network.listen(where, () => {}), /already/);
  const link = await network.dial('client', where)();
  assert.equal(link.encoding, 'cbor');
  assert.deepEqual(link.peer, { address: 'server', transport: 'memory', secure: false });
  assert.deepEqual(await nextFrame(link), payload(2));
  await listener.close();
  assert.equal(await link.closed, 'going-away');
  await assert.rejects(network.dial('client', where)(), LinkClosed);
});

test('gives up a dial that nothing answers when told', async () => {
  const { carry, deliverNext } = held();
  const accepted: Link[] = [];
  const network = memoryNetwork({ carry });
  network.listen(where, (link) => accepted.push(link));
  const controller = new AbortController();
  const dialling = network.dial('client', where)(controller.signal);
  controller.abort(new Error('enough'));
  await assert.rejects(dialling, /enough/);
  deliverNext();
  assert.equal(accepted.length, 0);
});
