import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Refusal } from '@parley/protocol';
import type { Log } from '../log.ts';
import { exchangeOf, testQuestions } from './testing-exchange.ts';
import { TestNetwork, type TestPeer } from './testing-network.ts';

const refusedAs = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;
const control = { priority: 'control' } as const;
const options = { random: () => 0.5, questions: testQuestions };

async function linked(network: TestNetwork, log?: Log, asking?: Log): Promise<[TestPeer, TestPeer]> {
  const ada = await network.server(1, { ...options, ...(asking && { log: asking }) });
  const bob = await network.server(2, { ...options, ...(log && { log }) });
  await network.done(ada.peers.connect(bob.url));
  return [ada, bob];
}

describe('a question', () => {
  test('is answered, in both directions', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    exchangeOf(bob).onAsk('double', async (from, { n }) => ({ n: from === ada.id ? 2 * n : 0 }));
    exchangeOf(ada).onAsk('double', async (_from, { n }) => ({ n: 3 * n }));
    assert.deepEqual(await network.done(exchangeOf(ada).ask(bob.id, 'double', { n: 21 }, control)), { n: 42 });
    assert.deepEqual(await network.done(exchangeOf(bob).ask(ada.id, 'double', { n: 1 }, control)), { n: 3 });
  });

  test('that is refused, unknown or fails rejects with the code, and a failure is logged by both under one id', async () => {
    await using network = new TestNetwork();
    const failures: object[] = [];
    const told: { id?: string; question?: string }[] = [];
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    const failed = { ...silent, error: (fields: object) => failures.push(fields) };
    const asking = { ...silent, warn: (fields: object) => told.push(fields) };
    const [ada, bob] = await linked(network, failed, asking);
    const ask = (n: number) => network.done(exchangeOf(ada).ask(bob.id, 'double', { n }, control));
    await assert.rejects(ask(1), refusedAs('unknown-request'));
    exchangeOf(bob).onAsk('double', async (_from, { n }) => {
      throw n === 1 ? new Refusal('too-fast', { retryAfterMs: 7 }) : new Error('a fault');
    });
    await assert.rejects(
      ask(1),
      (error) => error instanceof Refusal && error.code === 'too-fast' && error.detail.retryAfterMs === 7,
    );
    assert.deepEqual(failures, []);
    await assert.rejects(ask(2), refusedAs('internal'));
    assert.equal(failures.length, 1);
    const [{ id } = {}] = failures as { id?: string }[];
    assert.match(id ?? '', /^[0-9a-f]{16}$/);
    assert.deepEqual(told, [{ id, server: bob.id, question: 'double' }]);
  });

  test('rejects as unavailable when nobody is linked, in time, and with the link', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    const ask = () => exchangeOf(ada).ask(bob.id, 'double', { n: 1 }, { ...control, timeoutMs: 5_000 });
    let asked = 0;
    exchangeOf(bob).onAsk('double', () => {
      asked += 1;
      return new Promise(() => {});
    });
    const late = assert.rejects(ask(), refusedAs('unavailable'));
    await network.advance(5_000);
    await late;
    const lost = assert.rejects(ask(), refusedAs('unavailable'));
    await network.settled();
    assert.equal(asked, 2);
    bob.accepted[0]!.close('lost');
    await network.settled();
    await lost;
    await assert.rejects(ask(), refusedAs('unavailable'));
    await assert.rejects(
      exchangeOf(ada).ask(ada.id, 'double', { n: 1 }, control),
      refusedAs('unavailable'),
      'nobody is linked with oneself',
    );
  });

  test('ends with its signal', async () => {
    await using network = new TestNetwork();
    const [ada, bob] = await linked(network);
    exchangeOf(bob).onAsk('double', () => new Promise(() => {}));
    const stop = new AbortController();
    const asked = exchangeOf(ada).ask(bob.id, 'double', { n: 1 }, { ...control, signal: stop.signal });
    const rejected = assert.rejects(asked, /stopped/);
    await network.settled();
    stop.abort(new Error('stopped'));
    await rejected;
  });
});

describe('parts of the federation', () => {
  test('are told of every link and its end, a replaced one included', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, options);
    const bob = await network.server(2, options);
    const told: string[] = [];
    ada.peers.whenLinked((id) => told.push(`linked ${id === bob.id} ${ada.peers.isLinked(id)}`));
    ada.peers.whenLost((id) => told.push(`lost ${id === bob.id}`));
    exchangeOf(bob).onAsk('double', () => new Promise(() => {}));
    await network.done(ada.peers.connect(bob.url));
    assert.deepEqual(ada.peers.linked(), [bob.id]);
    const replaced = assert.rejects(
      exchangeOf(ada).ask(bob.id, 'double', { n: 1 }, { ...control, timeoutMs: 60_000 }),
      refusedAs('unavailable'),
    );
    await network.advance(12_000);
    // The other side lost its memory and dials anew, before this one notices.
    network.cut.add('s2>s1').add('s1>s2');
    const closing = bob.close();
    await network.settled();
    await closing;
    network.cut.clear();
    const again = await network.server(2, options);
    await network.done(again.peers.connect(ada.url));
    await replaced;
    assert.deepEqual(told, ['linked true true', 'lost true', 'linked true true']);
    assert.ok(again.peers.isLinked(ada.id));
    await again.close();
    assert.deepEqual(ada.peers.linked(), []);
    assert.equal(told.at(-1), 'lost true');
    assert.equal(ada.peers.isLinked(bob.id), false);
  });
});
