import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Lru } from './lru.ts';

const keys = (lru: Lru<string, number>, ...of: string[]): string[] => of.filter((key) => lru.get(key) !== undefined);

describe('a map with a cap', () => {
  it('forgets what was not used for longest', () => {
    const lru = new Lru<string, number>(2);
    lru.set('a', 1);
    lru.set('b', 2);
    lru.get('a');
    lru.set('c', 3);
    assert.deepEqual([keys(lru, 'a', 'b', 'c'), lru.size], [['a', 'c'], 2]);
    lru.set('a', 4);
    assert.deepEqual([lru.get('a'), lru.size], [4, 2]);
    lru.delete('a');
    assert.equal(lru.get('a'), undefined);
  });

  it('keeps what must not go, and the newest, and is smaller again later', () => {
    const lru = new Lru<string, number>(1, (value) => value < 0);
    lru.set('a', -1);
    lru.set('b', -2);
    lru.set('c', 3);
    assert.deepEqual(keys(lru, 'a', 'b', 'c'), ['a', 'b', 'c']);
    lru.set('a', 1);
    lru.set('b', 2);
    assert.deepEqual(keys(lru, 'a', 'b', 'c'), ['b']);
  });
});
