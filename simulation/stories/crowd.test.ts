import assert from 'node:assert/strict';
import type { Actor, Stage } from './stage.ts';
import { play } from './stage.ts';

const changes = 10_000;
/** As many are under way at a time. */
const atOnce = 100;

/** How long messages take until they are acknowledged, in ms of the simulated clock, ascending. */
async function acks(stage: Stage, who: Actor, meanwhile: () => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  let isOver = false;
  const done = meanwhile().finally(() => {
    isOver = true;
  });
  while (!isOver || took.length < 100) {
    const startMs = stage.world.clock.nowMs;
    await who.says(`word ${took.length}`);
    took.push(stage.world.clock.nowMs - startMs);
    await stage.passes(7);
  }
  await done;
  return took.sort((a, b) => a - b);
}

const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)]!;

play('10,000 membership changes in one room do not double the p99 of others', async (stage) => {
  const [romeo, juliet, nurse] = await stage.cast('romeo', 'juliet', 'nurse');
  stage.home.disk.latencyMs = [1, 3];
  await romeo.makes('verona', { joinRule: 'invite' });
  await nurse.makes('mantua');
  const quiet = await acks(stage, nurse, async () => {});
  const room = romeo.room.id;
  let made = 0;
  // One invitation of one person, taken back, as often as that: each is an entry.
  const change = async (): Promise<void> => {
    const name = made++ % 2 === 0 ? 'member.invite' : 'member.revoke';
    await romeo.client.request(name, { room, user: juliet.user, clientId: `change-${made}` });
  };
  const inTurn = async (): Promise<void> => {
    while (made < changes) await Promise.all(Array.from({ length: atOnce }, change));
  };
  const busy = await acks(stage, nurse, inTurn);
  const head = await stage.home.disk.rows('SELECT seq FROM room WHERE id = ?', [room]);
  assert.equal(head[0]!.seq, changes + 1);
  assert.ok(p99(busy) <= 2 * p99(quiet), `p99 was ${p99(quiet)} ms, and ${p99(busy)} ms beside it`);
});
