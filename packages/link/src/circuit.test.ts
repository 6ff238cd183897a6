import assert from 'node:assert/strict';
import { test } from 'node:test';
import { circuitLimits } from '@parley/protocol';
import { type CircuitCarrier, CircuitLink, chunkCost } from './circuit.ts';
import type { CloseReason } from './close-reason.ts';
import { linkConformance, nextFrame, payload } from './conformance.ts';
import { frameOnce } from './framing.ts';
import type { LinkOptions } from './options.ts';

const { windowBytes, chunkBytes } = circuitLimits;

/** Both ends, and somebody in between who passes on each thing in a microtask of its own. */
function pair(first: LinkOptions = {}, second: LinkOptions = first): [CircuitLink, CircuitLink] {
  const carrierTo = (other: () => CircuitLink): CircuitCarrier => ({
    data: (bytes, hasMore) => queueMicrotask(() => other().receive(bytes.slice(), hasMore)),
    credit: (total) => queueMicrotask(() => other().grant(total)),
    end: (reason) => queueMicrotask(() => other().ended(reason)),
  });
  const one: CircuitLink = new CircuitLink(
    carrierTo(() => two),
    { ...first, address: 'relay' },
  );
  const two: CircuitLink = new CircuitLink(
    carrierTo(() => one),
    { ...second, address: 'relay' },
  );
  return [one, two];
}

linkConformance('circuit', {
  async pair(dialOptions, listenOptions) {
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
  cannot: { heartbeat: 'the links that carry a circuit have heartbeats of their own' },
});

/** One end, and everything that it hands on. */
function end(options: LinkOptions = {}) {
  const said: { data: { bytes: Uint8Array; hasMore: boolean }[]; credit: number[]; end: CloseReason[] } = {
    data: [],
    credit: [],
    end: [],
  };
  const link = new CircuitLink(
    {
      data: (bytes, hasMore) => said.data.push({ bytes, hasMore }),
      credit: (total) => said.credit.push(total),
      end: (reason) => said.end.push(reason),
    },
    { ...options, address: 'relay' },
  );
  return { link, said };
}

test('an end of a circuit sends no more than it was granted, and goes on with what is granted later', async () => {
  const { link, said } = end();
  const frame = payload(windowBytes + chunkBytes);
  const sending = link.send(frame);
  const total = (): number => said.data.reduce((sum, { bytes }) => sum + chunkCost(bytes), 0);
  assert.ok(total() <= windowBytes && total() > windowBytes - chunkBytes - 128);
  assert.ok(said.data.every(({ bytes, hasMore }) => hasMore && bytes.length === chunkBytes));
  link.grant(2 * windowBytes - chunkBytes);
  await sending;
  assert.equal(said.data.at(-1)?.hasMore, false);
  const received = Buffer.concat(said.data.map(({ bytes }) => bytes));
  assert.ok(received.equals(frame));
  assert.equal(link.buffered, 0);
});

test('an end of a circuit grants as long as it is read, and not while it is not', async () => {
  const { link, said } = end();
  let sent = 0;
  for (let granted: number = windowBytes; sent + 16_384 + 128 <= granted; granted = said.credit.at(-1) ?? granted) {
    link.receive(payload(16_384), false);
    sent += 16_384 + 128;
  }
  const before = said.credit.length;
  assert.ok(sent <= 2 * windowBytes, 'what is unread is bounded');
  while (said.credit.length === before) await nextFrame(link);
  assert.ok((said.credit.at(-1) ?? 0) > sent);
});

for (const [what, say] of [
  [
    'sends more than it was granted',
    (link: CircuitLink) => {
      for (let i = 0; i < 9; i += 1) link.receive(payload(chunkBytes), false);
    },
  ],
  ['sends parts that are not full', (link: CircuitLink) => link.receive(payload(10), true)],
  ['takes back what it granted', (link: CircuitLink) => link.grant(windowBytes - 1)],
  ['grants what was never sent', (link: CircuitLink) => link.grant(windowBytes + 1)],
] as const) {
  test(`an end of a circuit closes when the other one ${what}`, async () => {
    const { link, said } = end();
    say(link);
    assert.equal(await link.closed, 'bad-frame');
    assert.deepEqual(said.end, ['bad-frame']);
  });
}

test('an end of a circuit that closes says what waits first, but not for ever', async () => {
  const timers = new Set<() => void>();
  const setTimer = (run: () => void): (() => boolean) => {
    timers.add(run);
    return () => timers.delete(run);
  };
  const { link, said } = end({ timers: { setTimer } });
  link.write(frameOnce(link.framing, payload(windowBytes)));
  link.close('going-away');
  assert.equal(await link.closed, 'going-away');
  assert.deepEqual(said.end, []);
  for (const run of [...timers]) run();
  assert.deepEqual(said.end, ['going-away']);
  assert.equal(link.buffered, 0);
  link.grant(windowBytes + chunkBytes);
  link.receive(payload(1), false);
  link.ended('lost');
  assert.equal(said.end.length, 1);
});

test('an end of a circuit is told once that the other one is gone, and reads what came before', async () => {
  const { link, said } = end();
  link.receive(payload(3), false);
  link.ended('replaced');
  link.ended('lost');
  assert.equal(await link.closed, 'replaced');
  assert.deepEqual(await nextFrame(link), payload(3));
  assert.equal((await link.frames().next()).done, true);
  assert.deepEqual(said.end, []);
});
