import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { type ErrorCode, Refusal } from '@parley/protocol';
import fc from 'fast-check';
import type { Client, MessageRow, Sent, Store } from './api.ts';
import { keys } from './keys.ts';
import { internalTries, outboxRows } from './limits.ts';
import { memoryStore } from './store-memory.ts';
import { calm, meanwhile, setting } from './testing/setting.ts';

const refused = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;
const isAct = (name: string) => name.startsWith('message.');

test('messages of a room go one after the other, those of several rooms side by side', async () => {
  const all = setting(drain);
  all.server.room('side', 'ada');
  const ada = await all.ada();
  const held: (() => void)[] = [];
  all.server.before = (name) => (isAct(name) ? new Promise<void>((resolve) => held.push(resolve)) : undefined);
  const sends = ['one', 'two'].map((text) => ada.room('ops')!.send(text));
  const aside = ada.room('side')!.send('aside');
  await all.runtime.settle();
  assert.equal(held.length, 2);
  assert.deepEqual(
    ada.outbox.get().map(({ state }) => state),
    ['sending', 'waiting', 'sending'],
  );
  for (let i = 0; i < 3; i++) {
    held[i]!();
    await all.runtime.settle();
  }
  await Promise.all([...sends, aside]);
  assert.deepEqual(
    all.room.log.map(({ body }) => (body as { text: string }).text),
    ['one', 'two'],
  );
  await ada.close();
});

test('what may succeed later is tried again, after the time that the server names', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const answers: [ErrorCode, number | undefined][] = [
    ['too-fast', 7_000],
    ['unavailable', undefined],
    ['internal', undefined],
  ];
  const tries: number[] = [];
  all.server.before = (name) => {
    if (!isAct(name)) return;
    tries.push(all.runtime.elapsed());
    const [code, retryAfterMs] = answers.shift() ?? [];
    if (code) throw new Refusal(code, retryAfterMs === undefined ? {} : { retryAfterMs });
  };
  const timeline = ada.room('ops')!.timeline();
  const sending = ada.room('ops')!.send('again and again');
  await all.runtime.settle();
  const row = timeline.get().rows[0] as MessageRow;
  assert.deepEqual([row.state, row.code, row.retryAt], ['waiting', 'too-fast', all.runtime.now() + 7_000]);
  await meanwhile(sending, all.runtime);
  assert.equal(tries.length, 4);
  assert.equal(tries[1]! - tries[0]!, 7_000);
  await ada.close();
});

test('what cannot succeed fails with its code, lets the next go, and can be retried or discarded', async () => {
  const all = setting(drain);
  const store = memoryStore();
  const ada = await all.ada(store);
  let code: ErrorCode | undefined = 'muted';
  all.server.before = (name, payload) => {
    if (isAct(name) && code && (payload as { body: { text: string } }).body.text !== 'fine') throw new Refusal(code);
  };
  const room = ada.room('ops')!;
  const failing = [room.send('no', { clientId: 'n1' }), room.send('nor this', { clientId: 'n2' })];
  const fine = room.send('fine');
  for (const one of failing) await assert.rejects(one, refused('muted'));
  assert.equal(((await fine) as { seq: number }).seq, 1);
  const states = () => ada.outbox.get().map((row) => [row.clientId, row.state, row.code]);
  assert.deepEqual(states(), [
    ['n1', 'failed', 'muted'],
    ['n2', 'failed', 'muted'],
  ]);
  assert.deepEqual(
    room
      .timeline()
      .get()
      .rows.map((row) => (row as MessageRow).state),
    ['sent', 'failed', 'failed'],
  );
  await all.runtime.pass(1_000);
  await ada.close();

  const again = all.client(store);
  await again.start();
  await calm(again, all.runtime);
  assert.deepEqual(
    again.outbox.get().map((row) => [row.clientId, row.state, row.code]),
    [
      ['n1', 'failed', 'muted'],
      ['n2', 'failed', 'muted'],
    ],
  );
  code = undefined;
  await again.retry({ room: all.room.id, clientId: 'n2' });
  await again.discard({ room: all.room.id, clientId: 'n1' });
  await calm(again, all.runtime);
  assert.deepEqual(again.outbox.get(), []);
  assert.deepEqual(all.room.log.map(({ clientId }) => clientId).slice(1), ['n2']);
  await assert.rejects(again.retry({ room: all.room.id, clientId: 'n1' }), refused('not-found'));
  await assert.rejects(again.discard({ room: all.room.id, clientId: 'n1' }), refused('not-found'));
  await again.close();
});

test('one clientId is another act in another room: neither is lost, taken for the other, or given up with it', async () => {
  const all = setting(drain);
  const store = memoryStore();
  all.server.room('side', 'ada', 'bob');
  const ada = await all.ada(store);
  let isMuted = true;
  all.server.before = (name, payload) => {
    if (isAct(name) && isMuted && (payload as { room: string }).room === all.room.id) throw new Refusal('muted');
  };
  const [ops, side] = [ada.room('ops')!, ada.room('side')!];
  const sent = [ops.send('to ops', { clientId: 'same' }), side.send('to side', { clientId: 'same' })];
  await assert.rejects(sent[0]!, refused('muted'));
  assert.notEqual(await meanwhile(sent[1]!, all.runtime), 'queued');
  assert.deepEqual(
    ada.outbox.get().map(({ room, clientId, state }) => [room, clientId, state]),
    [[ops.id, 'same', 'failed']],
  );
  await assert.rejects(ada.discard({ room: side.id, clientId: 'same' }), refused('not-found'));
  await all.runtime.pass(1_000);
  await ada.close();
  const again = all.client(store);
  await again.start();
  await calm(again, all.runtime);
  isMuted = false;
  all.server.queueing = true;
  const two = [again.room('ops')!, again.room('side')!].map((room) => room.send(room.id, { clientId: 'next' }));
  assert.deepEqual(await meanwhile(Promise.all(two), all.runtime), ['queued', 'queued']);
  all.server.queueing = false;
  await again.retry({ room: ops.id, clientId: 'same' });
  await all.runtime.settle();
  assert.deepEqual(
    again.outbox.get().map(({ room, clientId, state }) => [room, clientId, state]),
    [
      [ops.id, 'next', 'queued'],
      [side.id, 'next', 'queued'],
    ],
  );
  await again.close();
});

test('an act that makes the server fail each time is given up', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  let tries = 0;
  all.server.before = (name) => {
    if (!isAct(name)) return;
    tries += 1;
    throw new Refusal('internal');
  };
  const sending = ada.room('ops')!.send('poison');
  sending.catch(() => {});
  await assert.rejects(meanwhile(sending, all.runtime), refused('internal'));
  assert.equal(tries, internalTries);
  await ada.close();
});

test('a queued act stays until it is decided, over connections and restarts', async () => {
  for (const code of [undefined, 'forbidden', 'given-up', 'too-fast'] as const) {
    const all = setting(drain);
    const store = memoryStore();
    let ada = await all.ada(store);
    all.server.queueing = true;
    assert.equal(await ada.room('ops')!.send('later', { clientId: 'q' }), 'queued');
    assert.equal(ada.outbox.get()[0]?.state, 'queued');
    assert.equal((ada.room('ops')!.timeline().get().rows[0] as MessageRow).state, 'queued');
    all.server.drop();
    await all.runtime.pass(5_000);
    assert.equal(ada.outbox.get()[0]?.state, 'queued');
    await ada.close();
    ada = all.client(store);
    await ada.start();
    await all.runtime.pass(5_000);
    assert.equal(ada.outbox.get()[0]?.state, 'queued');
    assert.equal(all.server.queued.length, 1);
    all.server.queueing = false;
    all.server.decide(code);
    await all.runtime.settle();
    if (code === 'forbidden' || code === 'given-up')
      assert.deepEqual(
        ada.outbox.get().map(({ state }) => state),
        ['failed'],
      );
    else {
      await calm(ada, all.runtime);
      assert.deepEqual(
        all.room.log.map(({ clientId }) => clientId),
        ['q'],
      );
      assert.deepEqual(await store.list(keys.outbox), []);
    }
    await ada.close();
  }
});

test('an outcome that was missed while away is learnt on the next connection', async () => {
  for (const code of [undefined, 'forbidden'] as const) {
    const all = setting(drain, { tail: 1 });
    const ada = await all.ada();
    all.server.queueing = true;
    await ada.room('ops')!.send('later', { clientId: 'q' });
    all.server.drop();
    await all.runtime.settle();
    all.server.decide(code);
    for (let i = 0; i < 5; i++) all.server.says('ops', 'bob', 'more');
    all.server.queueing = false;
    if (code)
      all.server.before = (name) => {
        if (isAct(name)) throw new Refusal(code);
      };
    await all.runtime.pass(60_000);
    assert.deepEqual(
      ada.outbox.get().map(({ state }) => state),
      code ? ['failed'] : [],
    );
    await ada.close();
  }
});

test('what the server had queued is shown as that after a restart, and may be waited for until it is decided', async () => {
  for (const code of [undefined, 'muted'] as const) {
    const all = setting(drain);
    const store = memoryStore();
    const ada = await all.ada(store);
    all.server.queueing = true;
    assert.equal(await ada.room('ops')!.send('later', { clientId: 'q' }), 'queued');
    await all.runtime.settle();
    await ada.close();
    // No connection at first: nothing but the store knows of it.
    let isUp = false;
    all.server.before = () => (isUp ? undefined : new Promise(() => {}));
    const again = all.client(store);
    void again.start().catch(() => {});
    await all.runtime.settle();
    assert.deepEqual(
      again.outbox.get().map(({ state }) => state),
      ['queued'],
    );
    isUp = true;
    all.server.drop();
    await meanwhile(online(again), all.runtime);
    assert.deepEqual(
      again.outbox.get().map(({ state }) => state),
      ['queued'],
    );
    const decided = again.room('ops')!.send('later', { clientId: 'q', untilDecided: true });
    assert.equal(await again.room('ops')!.send('later', { clientId: 'q' }), 'queued');
    const outcome = decided.then(
      (sent) => sent,
      (error) => error.code,
    );
    await all.runtime.settle();
    all.server.queueing = false;
    all.server.decide(code);
    const told = await meanwhile(outcome, all.runtime);
    assert.deepEqual(code ? told : told.seq, code ?? 1);
    await again.close();
  }
});

async function online(client: Client): Promise<void> {
  for await (const { state } of client.status.values()) if (state === 'online') return;
}

test('what another server refused for good is tried again as another act, in its place', async () => {
  const all = setting(drain);
  const store = memoryStore();
  const ada = await all.ada(store);
  const room = ada.room('ops')!;
  all.server.queueing = true;
  for (const clientId of ['one', 'two']) await room.send(clientId, { clientId });
  all.server.decide('muted');
  await all.runtime.settle();
  await ada.close();
  const again = all.client(store);
  await again.start();
  await online(again);
  assert.deepEqual(
    again.outbox.get().map(({ clientId, state }) => [clientId, state]),
    [
      ['one', 'failed'],
      ['two', 'queued'],
    ],
  );
  await again.retry({ room: all.room.id, clientId: 'one' });
  await all.runtime.settle();
  const [first, second] = again.outbox.get();
  assert.ok(first && first.clientId !== 'one' && first.code === undefined);
  assert.equal((first.payload as { clientId: string }).clientId, first.clientId);
  assert.equal(second?.clientId, 'two');
  assert.equal(all.server.queued.at(-1)?.payload.clientId, first.clientId);
  await again.close();
});

test('what is refused again under its name is tried under another one the next time', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const names = new Set<string>();
  all.server.before = (name, payload) => {
    if (!isAct(name)) return;
    names.add((payload as { clientId: string }).clientId);
    throw new Refusal('muted');
  };
  await assert.rejects(ada.room('ops')!.send('x', { clientId: 'c' }), refused('muted'));
  for (const count of [1, 2, 2, 3]) {
    await ada.retry(ada.outbox.get()[0]!);
    await all.runtime.settle();
    assert.equal(names.size, count);
  }
  await ada.close();
});

test('a send that is aborted before it went is taken back; later only the waiting ends', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const room = ada.room('ops')!;
  let release = () => {};
  all.server.before = (name) =>
    isAct(name)
      ? new Promise<void>((resolve) => {
          release = resolve;
        })
      : undefined;
  const [first, second] = [new AbortController(), new AbortController()];
  const going = room.send('went', { signal: first.signal });
  const waiting = room.send('never', { signal: second.signal });
  await all.runtime.settle();
  first.abort(new Error('first'));
  second.abort(new Error('second'));
  await assert.rejects(going, /first/);
  await assert.rejects(waiting, /second/);
  await assert.rejects(room.send('not at all', { signal: second.signal }), /second/);
  all.server.before = undefined;
  release();
  await calm(ada, all.runtime);
  assert.deepEqual(
    all.room.log.map(({ body }) => (body as { text: string }).text),
    ['went'],
  );
  await ada.close();
});

test('the same clientId is the same act', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const room = ada.room('ops')!;
  const [one, two] = await Promise.all([room.send('x', { clientId: 'c' }), room.send('x', { clientId: 'c' })]);
  assert.deepEqual(one, two);
  assert.deepEqual(await room.send('x', { clientId: 'c' }), one);
  assert.equal(all.room.head, 1);
  await ada.close();
});

test('a full outbox, a wrong payload and a store that fails refuse at once', async () => {
  const all = setting(drain);
  const broken = memoryStore();
  let fails = false;
  const store: Store = {
    ...broken,
    apply: (changes) => (fails ? Promise.reject(new Error('disk full')) : broken.apply(changes)),
  };
  const ada = await all.ada(store);
  const room = ada.room('ops')!;
  await assert.rejects(room.send('x'.repeat(20_000)), refused('too-large'));
  await assert.rejects(room.react({ user: 'nobody', clientId: 'x' }, '👍'), refused('bad-request'));
  fails = true;
  await assert.rejects(room.send('unsaved'), /disk full/);
  assert.deepEqual(ada.outbox.get(), []);
  fails = false;
  all.server.drop();
  await all.runtime.settle();
  for (let i = 0; i < outboxRows; i++) room.send(`${i}`).catch(() => {});
  await assert.rejects(room.send('one too many'), refused('too-many'));
  await ada.close();
});

test('whatever the server answers, each act has one outcome and order holds', async () => {
  const codes: (ErrorCode | 'drop' | 'late-drop' | undefined)[] = [
    undefined,
    undefined,
    undefined,
    'too-fast',
    'unavailable',
    'muted',
    'drop',
    'late-drop',
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...codes), { maxLength: 25 }),
      fc.integer({ min: 1, max: 8 }),
      fc.boolean(),
      async (answers, count, replyFirst) => {
        const all = setting(drain, { seed: answers.length + count });
        all.server.replyFirst = replyFirst;
        const ada = await all.ada();
        const left = [...answers];
        all.server.before = (name) => {
          if (!isAct(name)) return;
          const answer = left.shift();
          if (answer === 'late-drop') queueMicrotask(() => all.server.drop());
          else if (answer === 'drop') {
            all.server.drop();
            throw new Refusal('unavailable');
          } else if (answer) throw new Refusal(answer);
        };
        const outcomes = new Map<number, Sent | ErrorCode>();
        for (let i = 0; i < count; i++)
          ada
            .room('ops')!
            .send(`${i}`)
            .then(
              (sent) => outcomes.set(i, sent),
              (error: Refusal) => outcomes.set(i, error.code),
            );
        await calm(ada, all.runtime);
        const there = all.room.log.map(({ body }) => Number((body as { text: string }).text));
        assert.deepEqual(
          there,
          there.toSorted((a, b) => a - b),
        );
        assert.equal(new Set(there).size, there.length);
        for (let i = 0; i < count; i++) {
          const outcome = outcomes.get(i);
          if (there.includes(i)) assert.equal((outcome as { seq: number }).seq, there.indexOf(i) + 1);
          else assert.equal(outcome, 'muted');
        }
        assert.equal(ada.outbox.get().length, count - there.length);
        await ada.close();
      },
    ),
    { numRuns: 300 },
  );
});
