import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DatabaseError } from './database.ts';
import { SqliteWriter } from './sqlite-writer.ts';

/** A thread that says that it is open and does `then` at each order. */
const program = (then: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const held = [];
    parentPort.on('message', (order) => { ${then} });
    parentPort.postMessage({ id: 0, done: [] });
  `)}`,
  );

const isClosed = (error: unknown): boolean => error instanceof DatabaseError && error.kind === 'closed';

describe('the thread that writes', () => {
  for (const [what, then] of [
    ['throws', "throw new Error('broken')"],
    ['exits', 'process.exit(1)'],
  ] as const) {
    it(`rejects what waits and what is asked later when it ${what}`, async () => {
      const writer = new SqliteWriter('', program(then));
      await writer.opened;
      const calls = [writer.run('one', []), writer.run('two', []), writer.transaction([])];
      for (const result of await Promise.allSettled(calls)) {
        assert.equal(result.status, 'rejected');
        assert.ok(isClosed(result.reason));
      }
      await assert.rejects(writer.run('three', []), isClosed);
      await writer.close();
    });
  }

  it('refuses work above its bound, and closes after the rest', async () => {
    const answerAll = 'for (const id of held) parentPort.postMessage({ id, done: 1 });';
    const writer = new SqliteWriter('', program(`held.push(order.id); if (order.work === 'close') { ${answerAll} }`));
    await writer.opened;
    const calls = Array.from({ length: 10_000 }, () => writer.run('waits', []));
    await assert.rejects(
      writer.run('too much', []),
      (error) => error instanceof DatabaseError && error.kind === 'busy',
    );
    await writer.close();
    assert.deepEqual(new Set(await Promise.all(calls)), new Set([1]));
  });
});
