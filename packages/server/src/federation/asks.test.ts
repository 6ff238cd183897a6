import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeFederationFrame, limits, linkLimits, Refusal } from '@parley/protocol';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { Asks } from './asks.ts';
import type { FrameOptions, Priority } from './priority.ts';
import { testQuestions } from './testing-exchange.ts';

const refusedAs = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

function asks({ hasRoom = () => true }: { hasRoom?: () => boolean } = {}) {
  const runtime = createVirtualRuntime();
  const sent: { n: number; options: FrameOptions }[] = [];
  const made = new Asks({
    runtime,
    send(bytes, options) {
      const frame = decodeFederationFrame(bytes);
      if (frame?.frame !== 'ask' || !hasRoom()) return false;
      sent.push({ n: frame.payload.n, options });
      return true;
    },
  });
  const ask = (n: number, priority: Priority = 'bulk', rest: { flow?: string; pad?: number } = {}) => {
    const { pad = 0, ...options } = rest;
    const asked = made.ask('double', testQuestions.double, { n, pad: new Uint8Array(pad) }, { priority, ...options });
    asked.catch(() => {});
    return asked;
  };
  return { runtime, sent, made, ask };
}

describe('questions under way', () => {
  test('are so many of one priority, and the others follow as those are answered', async () => {
    const { sent, made, ask } = asks();
    const all = Array.from({ length: 200 }, (_, n) => ask(n));
    void ask(1, 'control');
    const bulk = () => sent.filter(({ options }) => options.priority === 'bulk');
    assert.equal(bulk().length, linkLimits.asksUnderWay);
    assert.equal(sent.length, linkLimits.asksUnderWay + 1, 'another priority has places of its own');
    for (let i = 0; i < 200; i++) {
      assert.ok(bulk().length - i <= linkLimits.asksUnderWay);
      made.answered({ n: bulk()[i]!.n, reply: { n: i } });
    }
    assert.deepEqual(
      (await Promise.all(all)).map((reply) => (reply as { n: number }).n),
      Array.from({ length: 200 }, (_, n) => n),
    );
  });

  test('hold so many bytes, unless it is only one', () => {
    const { sent, made, ask } = asks();
    void ask(1, 'bulk', { pad: 1_000_000 });
    void ask(2, 'bulk', { pad: 100_000 });
    assert.equal(sent.length, 1);
    made.answered({ n: sent[0]!.n, reply: { n: 1 } });
    assert.equal(sent.length, 2);
  });

  test('that wait are asked in turns of their flows', () => {
    const { sent, made, ask } = asks();
    for (let n = 0; n < 200; n++) void ask(n, 'bulk', { flow: 'flood' });
    void ask(1, 'bulk', { flow: 'late' });
    for (let i = 0; i < 2; i++) made.answered({ n: sent[i]!.n, reply: { n: 1 } });
    assert.ok(sent.slice(-2).some(({ options }) => options.flow === 'late'));
  });

  test('are bounded: of ten thousand at once some are refused, and all settle', async () => {
    const { runtime, sent, ask } = asks();
    const all = Array.from({ length: 10_000 }, (_, n) => ask(n, 'bulk', { flow: `${n % 100}` }));
    const outcomes: string[] = [];
    for (const asked of all) asked.catch((error: Refusal) => outcomes.push(error.code));
    await Promise.resolve().then(() => {});
    assert.equal(outcomes.length, 10_000 - 1_024 - linkLimits.asksUnderWay);
    assert.equal(sent.length, linkLimits.asksUnderWay);
    runtime.advance(30_000);
    await Promise.allSettled(all);
    assert.deepEqual([outcomes.length, new Set(outcomes), runtime.timers], [10_000, new Set(['unavailable']), 0]);
  });

  test('that cannot be sent, are too large or come too late are refused', async () => {
    const { made, ask } = asks({ hasRoom: () => false });
    await assert.rejects(ask(1), refusedAs('unavailable'));
    await assert.rejects(ask(1, 'bulk', { pad: limits.frameBytes }), refusedAs('too-large'));
    made.end();
    await assert.rejects(ask(1), refusedAs('unavailable'));
  });

  test('are answered by nobody else: an answer that fits none ends the link', async () => {
    const { sent, made, ask, runtime } = asks();
    const asked = ask(1);
    const n = sent[0]!.n;
    for (const wrong of [{ n: 0, reply: { n: 1 } }, { n: n + 1, reply: { n: 1 } }, { n, reply: { n: -1 } }, { n }])
      assert.throws(() => made.answered(wrong), refusedAs('bad-frame'), JSON.stringify(wrong));
    made.answered({ n, error: { code: 'from-the-future' } });
    await assert.rejects(asked, refusedAs('unavailable'));
    const late = ask(2);
    runtime.advance(30_000);
    await assert.rejects(late, refusedAs('unavailable'));
    made.answered({ n: sent[1]!.n, reply: { n: 1 } });
    made.answered({ n, reply: { n: 1 } });
  });
});
