import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reply, ServerEvent } from '@parley/protocol';
import { Notice } from './notice.ts';

const changed = (notice?: { text: string; at: number }): ServerEvent => ({
  event: 'notice.changed',
  payload: notice ? { notice } : {},
});

function setting() {
  const asked: PromiseWithResolvers<Reply<'notice.get'>>[] = [];
  const notice = new Notice({
    online: () => true,
    ask: () => {
      const answer = Promise.withResolvers<Reply<'notice.get'>>();
      asked.push(answer);
      return answer.promise;
    },
  });
  return { notice, asked };
}

test('a notice is asked for from the first time it is read, and again over each connection', async () => {
  const { notice, asked } = setting();
  notice.opened();
  assert.equal(asked.length, 0);
  const { value } = notice;
  assert.equal(asked.length, 1);
  asked[0]?.resolve({ notice: { text: 'one', at: 1 } });
  await Promise.resolve();
  assert.equal(value.get()?.text, 'one');
  const held = value.get();
  notice.opened();
  asked[1]?.resolve({ notice: { text: 'one', at: 1 } });
  await Promise.resolve();
  assert.equal(value.get(), held, 'the same one is the same');
  notice.take(changed());
  assert.equal(value.get(), undefined);
});

test('what is told while it is asked for is newer than the answer', async () => {
  const { notice, asked } = setting();
  const { value } = notice;
  notice.take(changed({ text: 'two', at: 2 }));
  asked[0]?.resolve({ notice: { text: 'one', at: 1 } });
  await Promise.resolve();
  assert.equal(value.get()?.text, 'two');
  notice.opened();
  notice.clear();
  asked[1]?.resolve({ notice: { text: 'two', at: 2 } });
  await Promise.resolve();
  assert.equal(value.get(), undefined, 'it was for who was signed in before');
  notice.opened();
  asked[2]?.reject(new Error('of another version'));
  await Promise.resolve();
  assert.equal(value.get(), undefined);
});
