import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Turns } from './turns.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function started(turns: Turns, done: string[], room: string, clientId: string) {
  const turn = turns.take(room, clientId);
  const run = async () => {
    await turn.before;
    done.push(clientId);
  };
  void run();
  return turn;
}

describe('the turns of a connection', () => {
  it('come in order within a room, and rooms do not wait for each other', async () => {
    const turns = new Turns();
    const done: string[] = [];
    started(turns, done, 'a', '1');
    const second = started(turns, done, 'a', '2');
    started(turns, done, 'a', '3');
    started(turns, done, 'b', '4');
    await settled();
    assert.deepEqual(done.sort(), ['1', '4']);
    turns.placed('a', '1');
    await settled();
    assert.deepEqual(done.slice(2), ['2']);
    second.pass();
    await settled();
    assert.deepEqual(done.slice(3), ['3']);
  });

  it('wait for all before, whichever passes first', async () => {
    const turns = new Turns();
    const done: string[] = [];
    const first = started(turns, done, 'a', '1');
    turns.take('a', '2').pass();
    started(turns, done, 'a', '3');
    await settled();
    assert.deepEqual(done, ['1']);
    first.pass();
    await settled();
    assert.deepEqual(done, ['1', '3']);
  });

  it('are right for a resend beside the first time, and leave nothing behind', async () => {
    const turns = new Turns();
    const done: string[] = [];
    const first = started(turns, done, 'a', 'same');
    const again = started(turns, done, 'a', 'same');
    turns.placed('a', 'same');
    turns.placed('a', 'same');
    await settled();
    assert.equal(done.length, 2);
    first.pass();
    again.pass();
    await settled();
    assert.equal(turns.take('a', 'next').before, undefined);
  });
});
