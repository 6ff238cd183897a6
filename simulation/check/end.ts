// What must hold when everything has healed: nothing that was acknowledged is lost (S3), nothing stands twice, each
// device's acts are in its order (S4), nothing waits for ever (L1), and every device shows what the log says (L2).
import assert from 'node:assert/strict';
import { freesClientId } from '@parley/room';
import { startMs } from '../life.ts';
import type { RoomLog } from '../log.ts';
import type { Scene } from '../scene.ts';
import { checkDisk } from './disk.ts';
import { checkHeard, repeatable } from './heard.ts';
import { checkViews } from './view.ts';

/** Returns how many entries all rooms have. */
export async function checkEnd(scene: Scene): Promise<number> {
  const logs = await checkDisk(scene.home.disk);
  checkHeard(scene.heard, logs);
  checkTries(scene, logs);
  checkUnkept(scene);
  checkEndings(scene, logs);
  await checkViews(scene, logs);
  return logs.reduce((sum, { entries }) => sum + entries.length, 0);
}

export function checkTries(scene: Scene, logs: readonly RoomLog[]): void {
  const places = new Map<string, number>();
  // What was too fast comes again, behind what was said meanwhile.
  const again = new Set<string>();
  for (const { id, entries } of logs)
    for (const { seq, act, header } of entries) {
      if (act) places.set(`${id}/${act.user}/${act.clientId}`, seq);
      const { what } = header;
      if (what.type === 'tombstone' && freesClientId(what.code)) again.add(`${id}/${what.user}/${what.clientId}`);
    }
  for (const device of scene.devices) {
    if (!device.running) continue;
    const { state } = device.client.status.get();
    assert.ok(
      state === 'online' || state === 'anonymous' || state === 'closed',
      `${device.name} is ${state} for ever (L1)`,
    );
    // Whoever is nobody any more sends nothing: a guest whose server forgot them.
    if (state !== 'online') continue;
    const waits = device.client.outbox.get().filter((row) => row.state !== 'failed' && !scene.others.has(row.room));
    assert.deepEqual(waits, [], `${device.name} waits for ever (L1)`);
  }
  const last = new Map<string, number>();
  for (const one of scene.tries) {
    const { device, room, user, clientId, kind } = one;
    const seq = places.get(`${room}/${user}/${clientId}`);
    const what = `the ${kind} ${clientId} of ${device.name}`;
    if (one.outcome === 'entry' && !repeatable.has(kind)) assert.ok(seq, `${what} was acknowledged and is lost (S3)`);
    if (one.outcome === 'refused') assert.ok(!seq, `${what} was refused and stands at ${seq}`);
    if (seq === undefined || again.has(`${room}/${user}/${clientId}`)) continue;
    const key = `${device.name}/${room}`;
    assert.ok(seq > (last.get(key) ?? 0), `${what} stands at ${seq}, before an earlier one at ${last.get(key)} (S4)`);
    last.set(key, seq);
  }
}

/** What has an end has ended. */
export function checkEndings({ world, keepers }: Scene, logs: readonly RoomLog[]): void {
  for (const { id, state } of logs) {
    const soonMs = startMs + world.clock.nowMs + (keepers.get(id)?.skewMs ?? 0) - 5_000;
    for (const [key, at] of state.due) assert.ok(at > soonMs, `${key} of ${id} should have ended by itself`);
  }
}

/** S11: what is said where nothing is kept is in no byte of the disk, not even in freed pages. */
export function checkUnkept({ homes, unkept }: Scene): void {
  if (unkept.size === 0) return;
  for (const { name, disk } of homes) {
    const image = Buffer.from(disk.image());
    const at = image.indexOf('unkept-words');
    assert.equal(
      at,
      -1,
      `what was said in a room that keeps nothing is on the disk of ${name}, at ${at}: ${image.subarray(at, at + 30)} (S11)`,
    );
  }
}
