import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Turnstile } from './turnstile.ts';

/** A clock that moves only while work is done, and turns that end when told. */
function setting() {
  let nowMs = 0;
  const turns: (() => void)[] = [];
  const rests: { run: () => void; ms: number }[] = [];
  const turnstile = new Turnstile({
    elapsed: () => nowMs,
    nextTurn(run) {
      turns.push(run);
      return () => {};
    },
    setTimer(run, ms) {
      rests.push({ run, ms });
      return () => {};
    },
  });
  const passed: string[] = [];
  return {
    rests,
    pass(who: object, name: string, workMs = 0) {
      const work = () => {
        passed.push(name);
        nowMs += workMs;
      };
      const turn = turnstile.pass(who);
      if (turn) void turn.then(work);
      else work();
    },
    async endTurn() {
      turns.shift()?.();
      await undefined;
      return passed.join('');
    },
  };
}

describe('the turnstile', () => {
  it('lets one pass in each turn, the connections one after the other', async () => {
    const { pass, endTurn, rests } = setting();
    const [greedy, modest] = [{}, {}];
    for (const name of ['a', 'b', 'c']) pass(greedy, name);
    pass(modest, 'd');
    for (const expected of ['ab', 'abd', 'abdc', 'abdc']) assert.equal(await endTurn(), expected);
    pass(modest, 'e');
    assert.equal(await endTurn(), 'abdce');
    assert.equal(rests.length, 0);
  });

  it('rests for as long as the work took', async () => {
    const { pass, endTurn, rests } = setting();
    for (const name of ['a', 'b', 'c']) pass({}, name, 3);
    assert.equal(await endTurn(), 'a');
    const [rest] = rests;
    assert.equal(rest?.ms, 3);
    rest.run();
    await undefined;
    assert.equal(await endTurn(), 'ab');
    assert.equal(rests.length, 2);
  });
});
