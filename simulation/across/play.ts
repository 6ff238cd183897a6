// A random run with several homeservers: people on all of them do things in rooms that some of them keep, while servers,
// disks and lines fail; then everything heals, and all of them must hold the same.
import { checkAcrossEnd } from '../check/across.ts';
import { checkUnkept } from '../check/end.ts';
import { checkDisks } from '../check/followed.ts';
import { checkHonest, honest } from '../check/honest.ts';
import { doSomething } from '../deeds.ts';
import type { Scene } from '../scene.ts';
import { goWrongAcross, healAcross } from './mishaps.ts';
import { openAcross } from './opening.ts';

/** Between deeds, on the average. */
const pauseMs = 300;
/** How long healing may take: servers that could not reach each other wait for minutes. */
const healMs = 900_000;

/** Returns how many entries all rooms have. */
export async function playAcross(scene: Scene, deeds: number): Promise<number> {
  const { world } = scene;
  const { random, clock, network } = world;
  network.delayMs = [1, random.pick([5, 50, 300])];
  for (const device of scene.devices) device.shelf.latencyMs = [0, random.pick([1, 50])];
  await openAcross(scene);
  const mishaps = random.pick([0, 0.05, 0.15, 0.3]);
  if (scene.liar) scene.liar.lying = true;
  for (let i = 0; i < deeds; i++) {
    if (random.chance(mishaps)) goWrongAcross(scene);
    if (scene.liar && random.chance(0.4)) scene.liar.speak();
    doSomething(scene);
    await clock.pass(random.chance(0.3) ? 0 : random.between(0, 2 * pauseMs));
    if (i % 30 === 29) await checkDisks((await honest(scene)).homes);
    if (i % 5 === 4) checkUnkept(scene);
    world.check();
  }
  healAcross(scene);
  if (scene.liar) scene.liar.lying = false;
  // Whoever does not know of a cut yet finds out by its heartbeat; mostly that is not waited for.
  const isPatient = random.chance(0.2);
  if (!isPatient) network.tellCut();
  await untilQuiet(await honest(scene));
  // What ends by itself has ended then.
  await clock.pass(isPatient ? 90_000 : 25_000);
  world.check();
  if (scene.liar) await checkHonest(scene, scene.liar);
  return checkAcrossEnd(await honest(scene));
}

/** Waits until everybody is there and nothing is left to send anywhere, as long as that may take. */
async function untilQuiet(scene: Scene): Promise<void> {
  const { clock } = scene.world;
  for (const endMs = clock.nowMs + healMs; clock.nowMs < endMs; await clock.pass(1_000))
    if (areOnline(scene) && (await areSettled(scene))) return;
}

function areOnline({ devices, others }: Scene): boolean {
  return devices.every((device) => {
    if (!device.running) return false;
    const state = device.client.status.get().state;
    if (state !== 'online') return state === 'closed' || state === 'anonymous';
    return device.client.outbox.get().every((row) => row.state === 'failed' || others.has(row.room));
  });
}

/** No server waits for another one, and all hold the same of every room. */
async function areSettled({ homes, others }: Scene): Promise<boolean> {
  const heads = new Map<string, number>();
  for (const { disk, running } of homes) {
    if (!running) return false;
    const waiting = await disk.rows<{ id: string }>(
      'SELECT id FROM room JOIN outbox ON outbox.room = room.n UNION ALL SELECT room FROM entering',
    );
    if (waiting.some(({ id }) => !others.has(id))) return false;
    const kept = 'SELECT id, seq FROM room WHERE n NOT IN (SELECT room FROM followed)';
    for (const { id, seq } of await disk.rows<{ id: string; seq: number }>(kept)) heads.set(id, seq);
  }
  const followed = `SELECT id, seq FROM room WHERE n IN (SELECT room FROM followed) AND EXISTS
    (SELECT 1 FROM stay JOIN person ON person.n = stay.person WHERE room = room.n AND until IS NULL AND substr(person.id, 18) = ?)`;
  for (const { id: own, disk } of homes)
    for (const { id, seq } of await disk.rows<{ id: string; seq: number }>(followed, [own]))
      if (heads.get(id) !== seq && !others.has(id)) return false;
  return true;
}
