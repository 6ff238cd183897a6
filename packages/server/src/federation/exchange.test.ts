import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeFederationFrame, type QuestionName, Refusal } from '@parley/protocol';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { Exchange } from './exchange.ts';
import { labelled, testQuestions } from './testing-exchange.ts';

function exchange() {
  const errors: object[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => errors.push(fields) };
  const made = new Exchange({ runtime: createVirtualRuntime(), log, questions: testQuestions });
  const onDouble = (handler: (from: string, payload: { n: number }) => Promise<unknown>) =>
    made.onAsk('double' as QuestionName, handler as never);
  const ask = async (from: string, n = 1) => {
    const frame = decodeFederationFrame(await made.answer(from, { n, ask: 'double', payload: { n } }));
    assert.ok(frame?.frame === 'answer' && frame.payload.n === n);
    return frame.payload.error?.code ?? frame.payload.reply;
  };
  return { made, errors, onDouble, ask };
}

describe('what servers say', () => {
  test('has one handler a name', () => {
    const { made, onDouble } = exchange();
    made.onFrame('record', () => {});
    assert.throws(() => made.onFrame('record', () => {}));
    onDouble(async () => ({ n: 1 }));
    assert.throws(() => onDouble(async () => ({ n: 1 })));
  });

  test('is of the flow that its part names, or of the one of all that name none', () => {
    const { made } = exchange();
    const frame = { frame: 'record', payload: labelled('x', 1) } as const;
    assert.equal(made.flowOf(frame), '');
    made.onFrame('record', () => {}, { flow: ({ records }) => `of ${records.length}` });
    assert.equal(made.flowOf(frame), 'of 0');
  });

  test('that fails is logged, unless it is malformed or this server is stopping', async () => {
    const { made, errors } = exchange();
    let error: Error = new Error('a fault');
    made.onFrame('record', () => {
      throw error;
    });
    const take = () => made.take('other', { frame: 'record', payload: labelled('x', 1) });
    await take();
    assert.equal(errors.length, 1);
    error = new Refusal('bad-frame');
    await assert.rejects(take(), Refusal);
    made.close();
    error = new Error('the database is closed');
    await take();
    assert.equal(errors.length, 1);
  });

  test('is answered with an error where the reply does not fit into a frame', async () => {
    const { errors, onDouble, ask } = exchange();
    onDouble(async () => ({ n: 1, pad: new Uint8Array(1_048_576) }));
    assert.equal(await ask('other'), 'internal');
    assert.equal(errors.length, 1);
  });

  test('is answered for each server as long as it waits for few, whatever others keep busy', async () => {
    const { onDouble, ask } = exchange();
    const waits: (() => void)[] = [];
    onDouble((_from, { n }) => new Promise((resolve) => waits.push(() => resolve({ n: 2 * n }))));
    const greedy = ['a', 'b', 'c', 'd', 'e'].flatMap((from) => Array.from({ length: 2_000 }, () => ask(from)));
    const modest = Array.from({ length: 20 }, () => ask('f'));
    for (const done of waits) done();
    const told = await Promise.all(greedy);
    assert.equal(told.filter((code) => code !== 'too-fast').length, 4_096 + 16);
    assert.equal((await Promise.all(modest)).filter((code) => code !== 'too-fast').length, 16);
    const again = ask('a');
    waits.at(-1)!();
    assert.deepEqual(await again, { n: 2 });
  });
});
