import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../exit.ts';
import { condition } from './condition.ts';
import { Merged } from './merged.ts';

async function* stream<T>(...items: T[]): AsyncGenerator<T> {
  for (const item of items) {
    await undefined;
    yield item;
  }
}
async function* failing(): AsyncGenerator<number> {
  yield 1;
  throw new Error('broken');
}

test('brings everything of every stream, each in its order', async () => {
  const merged = new Merged<string>(2);
  merged.add(stream('a1', 'a2', 'a3', 'a4', 'a5'));
  merged.add(stream('b1', 'b2'));
  merged.add(stream());
  const got: string[] = [];
  for await (const item of merged) got.push(item);
  assert.deepEqual(
    got.filter((item) => item.startsWith('a')),
    ['a1', 'a2', 'a3', 'a4', 'a5'],
  );
  assert.deepEqual(
    got.filter((item) => item.startsWith('b')),
    ['b1', 'b2'],
  );
});

test('what one stream throws ends all, after what came before', async () => {
  const merged = new Merged<number>();
  merged.add(failing());
  const got: number[] = [];
  await assert.rejects(async () => {
    for await (const item of merged) got.push(item);
  }, /broken/);
  assert.deepEqual(got, [1]);
});

test('conditions compare, search and go into objects', () => {
  const object = { text: 'build DONE in 3 s', seq: 7, target: { user: 'ada' }, gone: null };
  const passing = ['text~=DONE', 'seq=7', 'target.user=ada', 'text!=x', 'text!~FAILED', 'missing!=x', 'text~=^build'];
  for (const typed of passing) assert.equal(condition(typed)(object), true, typed);
  for (const typed of ['text=DONE', 'seq=8', 'missing=x', 'gone~=.', 'toString~=.', 'text!~DONE'])
    assert.equal(condition(typed)(object), false, typed);
});

test('what is no condition is refused', () => {
  for (const typed of ['', 'text', '=x', 'a b=c', 'text~=(', `text=${'x'.repeat(2_000)}`])
    assert.throws(() => condition(typed), Failure, typed);
});
