import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InOrder } from './in-order.ts';

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await undefined;
};

test('jobs of one flow run one after another, of different flows at the same time', async () => {
  const line = new InOrder();
  const ends: (() => void)[] = [];
  const begun: string[] = [];
  const job = (name: string) => () => {
    begun.push(name);
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  for (const name of ['a1', 'a2', 'b1', 'a3']) line.add(name[0]!, job(name));
  assert.deepEqual(begun, ['a1', 'b1']);
  ends[0]!();
  await settled();
  assert.deepEqual(begun, ['a1', 'b1', 'a2']);
  line.end();
  ends[2]!();
  await settled();
  assert.deepEqual(begun, ['a1', 'b1', 'a2'], 'nothing runs after the end');
});

test('only so many run at a time, in whatever order they end, and each flow keeps its own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(99), { maxLength: 300 }), fc.infiniteStream(fc.nat()), async (flows, picks) => {
      const line = new InOrder();
      const running: { flow: number; end: () => void }[] = [];
      const done = new Map<number, number[]>();
      let most = 0;
      for (const [n, flow] of flows.entries())
        line.add(`${flow}`, () => {
          assert.ok(running.every((other) => other.flow !== flow));
          done.set(flow, [...(done.get(flow) ?? []), n]);
          const { promise, resolve } = Promise.withResolvers<void>();
          running.push({ flow, end: resolve });
          most = Math.max(most, running.length);
          return promise;
        });
      while (running.length > 0) {
        const [ended] = running.splice(picks.next().value! % running.length, 1);
        ended!.end();
        await settled();
      }
      assert.ok(most <= 64);
      assert.equal([...done.values()].flat().length, flows.length);
      for (const order of done.values())
        assert.deepEqual(
          order,
          order.toSorted((a, b) => a - b),
        );
    }),
    { numRuns: 20 },
  );
});
