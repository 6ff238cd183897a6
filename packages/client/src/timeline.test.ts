import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { Refusal } from '@parley/protocol';
import fc from 'fast-check';
import type { MessageRow, Row, Timeline } from './api.ts';
import { pageRows, windowRows } from './limits.ts';
import { memoryStore } from './store-memory.ts';
import { allRows, calm, meanwhile, rowsOf, type Setting, setting } from './testing/setting.ts';

const texts = (rows: readonly Row[]) =>
  rows.map((row) => (row.type === 'message' ? (row.body?.text ?? null) : row.type));
const fill = ({ server }: Setting, count: number) => {
  for (let i = 1; i <= count; i++)
    server.acts('ops', 'bob', { kind: 'message', clientId: `b${i}`, body: { text: `${i}` } }, true);
};

test('pages to both sides, keeps rows that stay, and joins the end', async () => {
  const all = setting(drain);
  fill(all, 1_000);
  const ada = await all.ada();
  const timeline = ada.room('ops')!.timeline();
  const first = timeline.get();
  assert.equal(first.rows.length, 200);
  assert.ok(first.atEnd && first.before && !first.after);
  await timeline.loadBefore();
  const second = timeline.get();
  assert.equal(second.rows.length, 200 + pageRows);
  assert.ok(second.rows.slice(pageRows).every((row, i) => row === first.rows[i]));
  const key = await timeline.jump({ seq: 100 });
  assert.equal(timeline.get().rows.find((row) => row.key === key)?.seq, 100);
  assert.ok(!timeline.get().atEnd && timeline.get().after);
  all.server.says('ops', 'bob', 'live');
  await all.runtime.settle();
  assert.ok(!texts(timeline.get().rows).includes('live'));
  while (!timeline.get().atEnd) await timeline.loadAfter();
  assert.deepEqual(texts(await allRows(timeline)), texts(rowsOf(all.room, ada.me.get()!.user)));
  await ada.close();
});

test('the window stays bounded whichever way one reads', async () => {
  const all = setting(drain);
  fill(all, windowRows + 700);
  const ada = await all.ada();
  const timeline = ada.room('ops')!.timeline();
  const dense = () => {
    const seqs = timeline.get().rows.map((row) => row.seq ?? 0);
    assert.ok(seqs.length <= windowRows && seqs.every((seq, i) => i === 0 || seq === (seqs[i - 1] ?? 0) + 1));
    return seqs;
  };
  while (timeline.get().before) {
    await timeline.loadBefore();
    dense();
  }
  assert.equal(dense()[0], 1);
  assert.ok(timeline.get().after && !timeline.get().atEnd);
  while (timeline.get().after) {
    await timeline.loadAfter();
    dense();
  }
  assert.equal(dense().at(-1), windowRows + 700);
  assert.ok(timeline.get().atEnd && timeline.get().before);
  await ada.close();
});

test('jumps to the newest, the first unread, a date, a place and a message', async () => {
  const all = setting(drain);
  for (let i = 1; i <= 900; i++) {
    await all.runtime.pass(1_000);
    all.server.acts('ops', 'bob', { kind: 'message', clientId: `b${i}`, body: { text: `${i}` } }, true);
  }
  all.room.markers.set(all.server.account('ada').user, 300);
  const bob = all.server.account('bob').user;
  all.server.room('void', 'ada');
  const ada = await all.ada();
  const timeline = ada.room('ops')!.timeline();
  const shown = async (to: Parameters<Timeline['jump']>[0]) => {
    const key = await timeline.jump(to);
    return timeline.get().rows.find((row) => row.key === key)?.seq;
  };
  assert.equal(timeline.get().newAfter, 300);
  assert.equal(await shown('first-unread'), 301);
  assert.equal(await shown('newest'), 900);
  assert.equal(await shown({ seq: 5 }), 5);
  assert.equal(await shown({ at: all.room.log[449]!.at }), 450);
  assert.equal(await shown({ at: all.runtime.now() + 1_000 }), 900);
  assert.equal(await shown('newest'), 900);
  assert.equal(await shown({ user: bob, clientId: 'b120' }), 120);
  await assert.rejects(timeline.jump({ user: bob, clientId: 'none' }), (error) => error instanceof Refusal);
  assert.equal(await ada.room('void')!.timeline().jump('first-unread'), undefined);
  await ada.close();
});

test('what was there is shown again without a network, and is brought up to date with one', async () => {
  const all = setting(drain);
  fill(all, 300);
  const store = memoryStore();
  const ada = await all.ada(store);
  ada.room('ops')!.setDraft('half a tho');
  ada.room('ops')!.markRead(250);
  await all.runtime.pass(1_000);
  await ada.close();
  all.server.says('ops', 'bob', 'while away');
  const { user } = ada.me.get()!;
  const offline = all.client(store);
  void offline.start();
  await all.runtime.settle();
  const room = offline.room('#ops')!;
  assert.equal(room.summary.get().draft, 'half a tho');
  const timeline = room.timeline();
  await allRowsLoaded(timeline);
  assert.equal(timeline.get().rows.length >= 200, true);
  await calm(offline, all.runtime);
  assert.deepEqual(await allRows(timeline), rowsOf(all.room, user));
  assert.equal(room.summary.get().unread, 51);
  await offline.close();
});

async function allRowsLoaded(timeline: Timeline): Promise<void> {
  for await (const { loading } of timeline.values()) if (!loading) return;
}

test('a room whose sync brought no rows fills itself, and what was read is there without a network', async () => {
  const all = setting(drain, { tail: 0 });
  fill(all, 250);
  const store = memoryStore();
  const ada = await all.ada(store);
  const timeline = ada.room('ops')!.timeline();
  await all.runtime.settle();
  assert.equal(timeline.get().rows.length, pageRows);
  assert.equal(ada.room('ops')!.summary.get().last?.text, '250');
  await timeline.loadBefore();
  await all.runtime.pass(1_000);
  await ada.close();
  all.server.before = () => new Promise(() => {});
  const offline = all.client(store);
  offline.start().catch(() => {});
  await all.runtime.settle();
  const again = offline.room('ops')!.timeline();
  await all.runtime.settle();
  assert.deepEqual(
    texts(again.get().rows),
    Array.from({ length: 200 }, (_, i) => `${i + 51}`),
  );
  assert.equal(offline.status.get().state, 'connecting');
  await offline.close();
});

test('a jump ends what was under way', async () => {
  const all = setting(drain);
  fill(all, 400);
  const ada = await all.ada();
  const timeline = ada.room('ops')!.timeline();
  const paging = timeline.loadBefore();
  await timeline.jump('newest');
  await paging;
  assert.equal(timeline.get().loading, undefined);
  await timeline.loadBefore();
  assert.equal(timeline.get().rows.length, 300);
  await ada.close();
});

test('a page that fails says why, and the next try helps', async () => {
  const all = setting(drain);
  fill(all, 400);
  const ada = await all.ada();
  const timeline = ada.room('ops')!.timeline();
  all.server.before = (name) => {
    if (name === 'history.page') throw new Refusal('too-fast', { retryAfterMs: 10 });
  };
  await timeline.loadBefore();
  assert.equal(timeline.get().error, 'too-fast');
  await assert.rejects(timeline.jump({ seq: 1 }), (error) => error instanceof Refusal && error.code === 'too-fast');
  all.server.before = undefined;
  await timeline.loadBefore();
  assert.equal(timeline.get().error, undefined);
  assert.equal(timeline.get().rows.length, 300);
  timeline.close();
  await ada.close();
});

test('acts of one’s own show before their outcome, and failed ones no longer', async () => {
  const all = setting(drain);
  all.server.says('ops', 'bob', 'hello', { clientId: 'b1' });
  const ada = await all.ada();
  const room = ada.room('ops')!;
  const timeline = room.timeline();
  const target = { user: all.server.account('bob').user, clientId: 'b1' };
  const row = () => timeline.get().rows[0] as MessageRow;
  const reacting = room.react(target, '👍', { clientId: 'r1' });
  assert.deepEqual([row().reactions.length, row().reactions[0]?.mine], [1, 'r1']);
  const before = row();
  await reacting;
  assert.equal(row().reactions[0]?.mine, 'r1');
  const undoing = room.unreact({ user: ada.me.get()!.user, clientId: 'r1' });
  assert.deepEqual(row().reactions, []);
  await undoing;
  assert.notEqual(row(), before);
  all.server.before = (name) => {
    if (name === 'message.edit') throw new Refusal('forbidden');
  };
  const editing = room.edit(target, 'mine now');
  assert.equal(row().body?.text, 'mine now');
  await assert.rejects(editing, (error) => error instanceof Refusal && error.code === 'forbidden');
  assert.equal(row().body?.text, 'hello');
  await ada.close();
});

const letters = fc.constantFrom('ada', 'bob');
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('say' as const), who: letters, lost: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'edit' as const,
        'redact' as const,
        'react' as const,
        'unreact' as const,
        'pin' as const,
        'unpin' as const,
      ),
      who: letters,
      at: fc.nat(20),
      lost: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), who: letters, lost: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('hide' as const, 'new-kind' as const, 'repeat' as const, 'shuffle' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'drop' as const,
        'settle' as const,
        'send' as const,
        'before' as const,
        'open' as const,
        'term' as const,
      ),
    }),
  },
);

test('however entries arrive, timelines end as the server’s log', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.constantFrom(0, 4, 200),
      fc.nat(),
      async (steps, tail, seed) => {
        const all = setting(drain, { tail, seed });
        const { server, room, runtime } = all;
        const ada = await all.ada();
        const timelines = [ada.room('ops')!.timeline()];
        for (const one of steps) {
          if (one.do === 'say')
            server.acts(
              'ops',
              one.who,
              { kind: 'message', clientId: `m${room.head}`, body: { text: `${room.head}` } },
              one.lost,
            );
          else if ('at' in one) act(all, one);
          else if (one.do === 'erase')
            server.acts(
              'ops',
              'bob',
              { kind: 'erase', clientId: `e${room.head}`, data: { subject: server.account(one.who).user } },
              one.lost,
            );
          else if (one.do === 'hide') hide(all);
          else if (one.do === 'new-kind') server.acts('ops', 'bob', { kind: 'x-new', clientId: `x${room.head}` });
          else if (one.do === 'repeat') for (let seq = 1; seq <= room.head; seq++) server.publish(room, seq);
          else if (one.do === 'shuffle')
            for (const seq of [room.head, room.head - 2, room.head - 1]) server.publish(room, seq);
          else if (one.do === 'drop') server.drop();
          else if (one.do === 'send')
            void ada
              .room('ops')
              ?.send('mine')
              .catch(() => {});
          else if (one.do === 'before') void timelines[0]?.loadBefore();
          else if (one.do === 'open') timelines.push(ada.room('ops')!.timeline());
          else if (one.do === 'term') newTerm(all);
          else await runtime.settle();
        }
        await calm(ada, runtime);
        // What was lost on the way shows as a gap only when something follows.
        server.says('ops', 'bob', 'the end');
        await runtime.pass(5_000);
        await calm(ada, runtime);
        const expected = rowsOf(room, ada.me.get()!.user);
        for (const timeline of timelines) {
          assert.deepEqual(await meanwhile(allRows(timeline), runtime), expected);
          const again = timeline.get().rows;
          timeline.subscribe(() => {});
          assert.equal(timeline.get().rows, again);
        }
        assert.deepEqual(ada.outbox.get(), []);
        const { unread, mentions, marker } = ada.room('ops')!.summary.get();
        assert.deepEqual({ unread, mentions, marker }, room.counts(ada.me.get()!.user));
        await ada.close();
        assert.equal(runtime.timers, 0);
      },
    ),
    { numRuns: 400 },
  );
});

function act({ server, room }: Setting, one: { do: string; who: string; at: number; lost: boolean }): void {
  const reactions = room.log.filter((entry) => entry.kind === 'react');
  const messages = room.log.filter((entry) => entry.kind === 'message');
  const among = one.do === 'unreact' ? reactions : messages;
  const meant = among[one.at % Math.max(1, among.length)];
  if (!meant) return;
  const target = { user: meant.user, clientId: meant.clientId };
  const body =
    one.do === 'edit'
      ? { text: `e${room.head}` }
      : one.do === 'react'
        ? { emoji: one.at % 2 ? '👍' : '🎉' }
        : one.do === 'redact'
          ? {}
          : undefined;
  server.acts('ops', one.who, { kind: one.do, clientId: `a${room.head}`, target, ...(body && { body }) }, one.lost);
}

/** An entry that ada may not see: its seq stays empty for her. */
function hide({ server, room }: Setting): void {
  room.hidden.add(room.head + 1);
  server.acts('ops', 'bob', { kind: 'pin', clientId: `h${room.head}`, target: { user: 'x', clientId: 'y' } }, true);
}

/** The clerk was restored from a backup: the last entries never were, a new term goes on without them. */
function newTerm({ server, room }: Setting): void {
  server.drop();
  room.term += 1;
  room.log.splice(-2);
  for (const seq of room.hidden) if (seq > room.head) room.hidden.delete(seq);
}
