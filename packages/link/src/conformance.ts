// What every link must do, run by the test of each transport. For tests only.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CloseReason } from './close-reason.ts';
import { frameMany, frameOnce } from './framing.ts';
import { Inbox } from './inbox.ts';
import { FrameTooLarge, type Link, LinkClosed } from './link.ts';
import { ManualTimers } from './manual-timers.ts';
import type { LinkOptions } from './options.ts';

export interface Pair {
  /** The one that dialled, and the one that was accepted. */
  readonly dialled: Link;
  readonly accepted: Link;
  close(): Promise<void>;
}

/** An accepted link whose other side is bare bytes after a handshake, and answers nothing by itself. */
export interface Bare {
  readonly link: Link;
  say(bytes: Uint8Array): void;
  /** Ends its direction only. */
  halfClose(): void;
  /** Breaks off without a goodbye. */
  reset(): void;
  close(): Promise<void>;
}

export interface Transport {
  pair(dialled?: LinkOptions, accepted?: LinkOptions): Promise<Pair>;
  bare?(options?: LinkOptions): Promise<Bare>;
  /** Bytes that are no frames, and how the link ends when it reads them. */
  readonly garbage?: readonly { name: string; bytes: Uint8Array; reason: CloseReason }[];
  /** What a transport cannot do, with the reason; the tests show as skipped. */
  readonly cannot?: { readonly pause?: string; readonly heartbeat?: string };
}

type Ends = (pair: Pair) => { from: Link; to: Link };
const directions: { name: string; ends: Ends }[] = [
  { name: 'from the dialling side', ends: ({ dialled, accepted }) => ({ from: dialled, to: accepted }) },
  { name: 'from the accepting side', ends: ({ dialled, accepted }) => ({ from: accepted, to: dialled }) },
];

/** A frame of `size` bytes that is text and tells `seed` from its neighbours. */
export function payload(size: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index += 1) bytes[index] = 97 + ((index + seed) % 26);
  return bytes;
}

/** The next frame; fails when the link ends instead. */
export async function nextFrame(link: Link): Promise<Uint8Array> {
  const taken = await link.frames().next();
  assert.equal(taken.done, false, 'the link ended');
  return taken.value;
}

function assertFrame(actual: Uint8Array, expected: Uint8Array): void {
  assert.ok(Buffer.compare(actual, expected) === 0, `a frame of ${actual.length} bytes, not of ${expected.length}`);
}

function closedAs(reason: CloseReason): (error: unknown) => boolean {
  return (error) => error instanceof LinkClosed && error.reason === reason;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs the suite; `name` is the transport's. */
export function linkConformance(name: string, transport: Transport): void {
  const { cannot = {} } = transport;
  const both = (title: string, run: (from: Link, to: Link) => Promise<void>, skip?: string): void => {
    for (const { name: direction, ends } of directions) {
      test(`${name}: ${title}, ${direction}`, skip === undefined ? {} : { skip }, async () => {
        const pair = await transport.pair({ maxFrameBytes: 65_536 }, { maxFrameBytes: 65_536 });
        try {
          const { from, to } = ends(pair);
          await run(from, to);
        } finally {
          await pair.close();
        }
      });
    }
  };
  orderTests(both);
  endTests(both);
  for (const { name: direction, ends } of directions) {
    limitTest(`${name}: refuses one byte too many and tells why, ${direction}`, transport, ends);
    slowTest(`${name}: a slow reader slows the writer, ${direction}`, transport, ends, cannot.pause);
  }
  heartbeatTests(name, transport, cannot.heartbeat);
  bareTests(name, transport);
}

type Both = (title: string, run: (from: Link, to: Link) => Promise<void>) => void;

function orderTests(both: Both): void {
  both('keeps the borders of frames and their order', async (from, to) => {
    const sizes = [1, 0, 125, 126, 127, 1000, 65_535, 65_536, 0, 3];
    const sent = sizes.map((size, seed) => payload(size, seed));
    const sending = Promise.all(sent.map((frame) => from.send(frame)));
    for (const frame of sent) assertFrame(await nextFrame(to), frame);
    await sending;
  });

  both('carries ten thousand small frames', async (from, to) => {
    const count = 10_000;
    const sending = (async () => {
      for (let index = 0; index < count; index += 1) await from.send(payload(index % 7, index));
    })();
    for (let index = 0; index < count; index += 1) assertFrame(await nextFrame(to), payload(index % 7, index));
    await sending;
  });

  both('keeps the order of send and write', async (from, to) => {
    const sending: Promise<void>[] = [];
    for (let index = 0; index < 60; index += 3) {
      sending.push(from.send(payload(200, index)));
      from.write(frameOnce(from.framing, payload(70_000 % (300 + index), index + 1)));
      from.write(frameMany(from.framing, [payload(0), payload(130, index + 2)], Buffer.allocUnsafe));
    }
    for (let index = 0; index < 60; index += 3) {
      assertFrame(await nextFrame(to), payload(200, index));
      assertFrame(await nextFrame(to), payload(70_000 % (300 + index), index + 1));
      assertFrame(await nextFrame(to), payload(0));
      assertFrame(await nextFrame(to), payload(130, index + 2));
    }
    await Promise.all(sending);
  });

  both('goes on where an earlier loop stopped', async (from, to) => {
    for (let seed = 0; seed < 3; seed += 1) await from.send(payload(10, seed));
    for await (const frame of to.frames()) {
      assertFrame(frame, payload(10, 0));
      break;
    }
    assertFrame(await nextFrame(to), payload(10, 1));
    assertFrame(await nextFrame(to), payload(10, 2));
    const waiting = to.frames().next();
    await assert.rejects(to.frames().next(), /one reader/);
    from.close('done');
    assert.equal((await waiting).done, true);
  });
}

function endTests(both: Both): void {
  for (const reason of ['done', 'too-slow', 'going-away', 'bad-frame', 'replaced'] as const) {
    both(`tells the other side that it closed as ${reason}`, async (from, to) => {
      from.close(reason);
      from.close('refused');
      assert.equal(await from.closed, reason);
      assert.equal(await to.closed, reason);
      assert.equal((await from.frames().next()).done, true);
      assert.equal((await to.frames().next()).done, true);
      await assert.rejects(from.send(payload(1)), closedAs(reason));
      await assert.rejects(to.send(payload(1)), closedAs(reason));
      to.close('refused');
      to.write(frameOnce(to.framing, payload(1)));
      assert.equal(await to.closed, reason);
    });
  }

  both('delivers what was sent before the goodbye, then ends', async (from, to) => {
    for (let seed = 0; seed < 5; seed += 1) await from.send(payload(1000, seed));
    from.close('done');
    let seen = 0;
    for await (const frame of to.frames()) {
      assertFrame(frame, payload(1000, seen));
      seen += 1;
    }
    assert.equal(seen, 5);
    assert.equal(await to.closed, 'done');
  });

  both('tells why it closes to a side that is sending without end', async (from, to) => {
    const sending = (async () => {
      for (;;) await from.send(payload(60_000));
    })();
    const rejected = assert.rejects(sending, closedAs('too-slow'));
    await nextFrame(to);
    for (let turns = 0; turns < 20; turns += 1) await turn();
    to.close('too-slow');
    await rejected;
    assert.equal(await from.closed, 'too-slow');
  });

  both('ends a waiting reader when it closes itself', async (from) => {
    const waiting = from.frames().next();
    from.close('done');
    assert.equal((await waiting).done, true);
  });

  both('survives both sides closing at once', async (from, to) => {
    from.close('done');
    to.close('replaced');
    assert.equal(await from.closed, 'done');
    assert.equal(await to.closed, 'replaced');
  });
}

function limitTest(title: string, transport: Transport, ends: Ends): void {
  test(title, async () => {
    const limit = 1000;
    const small = await transport.pair({ maxFrameBytes: limit }, { maxFrameBytes: limit });
    try {
      const { from, to } = ends(small);
      await from.send(payload(limit));
      await assert.rejects(from.send(payload(limit + 1)), FrameTooLarge);
      await from.send(payload(1));
      assertFrame(await nextFrame(to), payload(limit));
      assertFrame(await nextFrame(to), payload(1));
      from.write(frameOnce(from.framing, payload(limit + 1)));
      assert.equal(await to.closed, 'too-large');
      assert.equal(await from.closed, 'too-large');
    } finally {
      await small.close();
    }
  });
}

/** Waits until `count` stands still for many turns or reaches `most`: a stall, but never a matter of time. */
async function stalled(count: () => number, most: number): Promise<void> {
  for (let still = 0, last = -1; still < 100 && last < most; ) {
    still = count() === last ? still + 1 : 0;
    last = count();
    await turn();
  }
}

function slowTest(title: string, transport: Transport, ends: Ends, skip: string | undefined): void {
  test(title, skip === undefined ? {} : { skip }, async () => {
    const pair = await transport.pair();
    try {
      const { from, to } = ends(pair);
      // More than the kernel's buffers of a connection on loopback, at most 4 + 6 MiB.
      const total = 128;
      const frame = payload(256 * 1024);
      let sent = 0;
      let most = 0;
      const sending = (async () => {
        for (; sent < total; sent += 1) {
          await from.send(frame);
          most = Math.max(most, from.buffered);
        }
      })();
      await stalled(() => sent, total);
      assert.ok(sent < total, 'everything was sent though nobody read');
      for (let seen = 0; seen < total; seen += 1) assert.equal((await nextFrame(to)).length, frame.length);
      await sending;
      assert.ok(most <= 1024 * 1024, `${most} bytes were buffered`);
    } finally {
      await pair.close();
    }
  });
}

function heartbeatTests(name: string, transport: Transport, skip: string | undefined): void {
  const { bare } = transport;
  if (skip !== undefined) test(`${name}: notices a dead peer`, { skip }, () => {});
  if (bare !== undefined) {
    test(`${name}: notices a dead peer`, async () => {
      const timers = new ManualTimers();
      const { link, close } = await bare({ timers, heartbeatMs: 1000 });
      const closed = link.closed;
      for (let beats = 0; beats < 4; beats += 1) timers.advance(1000);
      assert.equal(await closed, 'lost');
      await close();
      assert.equal(timers.size, 0);
    });
  }
  patienceTest(name, transport);

  for (const { name: direction, ends } of directions) {
    test(`${name}: keeps a silent peer that answers, ${direction}`, skip === undefined ? {} : { skip }, async () => {
      const timers = new ManualTimers();
      const options = { timers, heartbeatMs: 1000 };
      const pair = await transport.pair(options, options);
      const { from, to } = ends(pair);
      const exchange = async (): Promise<void> => {
        await from.send(payload(1));
        await nextFrame(to);
        await to.send(payload(1));
        await nextFrame(from);
      };
      await exchange();
      for (let round = 0; round < 10; round += 1) {
        // The first beat hears what was said, the second hears nothing and asks.
        timers.advance(1000);
        timers.advance(1000);
        // A frame there and back stands behind ping and pong, so both have passed when it is here.
        await exchange();
      }
      await from.send(payload(2));
      assertFrame(await nextFrame(to), payload(2));
      await pair.close();
      assert.equal(timers.size, 0);
    });
  }
}

function patienceTest(name: string, transport: Transport): void {
  test(`${name}: does not blame the other side while its own reader is slow`, async () => {
    const timers = new ManualTimers();
    const pair = await transport.pair({}, { timers, heartbeatMs: 1000 });
    const { dialled, accepted } = pair;
    const total = 32;
    let sent = 0;
    const sending = (async () => {
      for (; sent < total; sent += 1) await dialled.send(payload(100_000, sent));
    })();
    const inbox = accepted.frames();
    assert.ok(inbox instanceof Inbox);
    while (!inbox.paused) await turn();
    for (let beats = 0; beats < 10; beats += 1) timers.advance(1000);
    for (let seen = 0; seen < total; seen += 1) assertFrame(await nextFrame(accepted), payload(100_000, seen));
    await sending;
    await pair.close();
    assert.equal(timers.size, 0);
  });
}

function bareTests(name: string, transport: Transport): void {
  const { bare } = transport;
  if (bare === undefined) return;
  test(`${name}: ends when the other side breaks off`, async () => {
    const { link, reset, close } = await bare();
    const waiting = link.frames().next();
    reset();
    assert.equal(await link.closed, 'lost');
    assert.equal((await waiting).done, true);
    await assert.rejects(link.send(payload(1)), closedAs('lost'));
    await close();
  });

  test(`${name}: ends when the other side half-closes`, async () => {
    const { link, halfClose, close } = await bare();
    halfClose();
    assert.equal(await link.closed, 'lost');
    await close();
  });

  test(`${name}: rejects a send that waits for room when the link breaks`, async () => {
    const { link, reset, close } = await bare();
    const frame = payload(1024 * 1024);
    const sending = (async () => {
      for (;;) await link.send(frame);
    })();
    sending.catch(() => {});
    await stalled(() => link.buffered, Number.POSITIVE_INFINITY);
    reset();
    await assert.rejects(sending, closedAs('lost'));
    await close();
  });

  test(`${name}: gives up the goodbye to a peer that does not answer`, async () => {
    const timers = new ManualTimers();
    const { link, close } = await bare({ timers });
    link.close('done');
    assert.equal(await link.closed, 'done');
    timers.advance(10_000);
    await close();
    assert.equal(timers.size, 0);
  });

  for (const { name: what, bytes, reason } of transport.garbage ?? []) {
    test(`${name}: closes as ${reason} when it reads ${what}`, async () => {
      const { link, say, close } = await bare({ maxFrameBytes: 1000 });
      say(bytes);
      assert.equal(await link.closed, reason);
      assert.equal((await link.frames().next()).done, true);
      await close();
    });
  }
}
