// One random run from a seed, with one homeserver or several: people do things while things go wrong, then everything
// heals, and then everything is held against everything else.
import { assemble } from './across/opening.ts';
import { playAcross } from './across/play.ts';
import { checkDisk } from './check/disk.ts';
import { checkEnd } from './check/end.ts';
import { doSomething, silenceEverybody } from './deeds.ts';
import { describe } from './describe.ts';
import { Home } from './home.ts';
import { corrupt } from './hostile/corrupt.ts';
import { goWrong, heal } from './mishaps.ts';
import { open, Scene } from './scene.ts';
import { Failure, World } from './world.ts';

/** One homeserver, or several, or several of which one lies. */
export const kinds = ['home', 'across', 'hostile'] as const;
export type Kind = (typeof kinds)[number];

export interface RunOptions {
  /** Default `home`. */
  kind?: Kind;
  /** How many things people try. */
  deeds?: number;
  /** Notes what happens, line by line. */
  tells?: boolean;
}

export interface Run {
  seed: number;
  /** Undefined when all is well. */
  failure: Failure | undefined;
  story: readonly string[];
  entries: number;
  lives: number;
  steps: number;
}

/** Things that people try, unless given. With many servers each costs more, and a run draws one of these. */
const usualDeeds: Readonly<Record<Kind, readonly number[]>> = {
  home: [120],
  across: [10, 20, 30, 50],
  hostile: [20, 40],
};

/** Between deeds, on the average. */
const pauseMs = 400;
/** How long healing may take. */
const healMs = 600_000;

export async function run(seed: number, options: RunOptions = {}): Promise<Run> {
  const { kind = 'home', tells = false } = options;
  const world = new World(seed);
  const usual = usualDeeds[kind];
  const deeds = options.deeds ?? (usual.length > 1 ? world.random.pick(usual) : usual[0]!);
  world.tells = tells;
  const scene = kind === 'home' ? alone(world) : assemble(world);
  if (kind === 'hostile') corrupt(scene);
  let entries = 0;
  let failure: Failure | undefined;
  const onRejection = (error: unknown) => world.fault('nobody caught a rejection', error);
  process.on('unhandledRejection', onRejection);
  try {
    entries = await (kind === 'home' ? play : playAcross)(scene, deeds);
  } catch (error) {
    failure = new Failure(seed, world.clock.nowMs, error);
    if (tells) world.story.push(...(await describe(scene)));
  }
  process.off('unhandledRejection', onRejection);
  for (const home of scene.homes) home.crash();
  for (const device of scene.devices) device.kill();
  const lives = scene.homes.reduce((sum, home) => sum + home.lives, 0);
  return { seed, failure, story: world.story, entries, lives, steps: world.clock.steps };
}

const alone = (world: World): Scene =>
  new Scene(world, new Home(world, 'home', { loadedRooms: world.random.pick([1, 3, 100]) }));

async function play(scene: Scene, deeds: number): Promise<number> {
  const { world, home } = scene;
  const { random, clock } = world;
  const names = ['ada', 'ben', 'cleo', 'dan'].slice(0, random.between(2, 4));
  for (const name of names) scene.person(name, random.pick([1, 1, 2]));
  if (random.chance(0.4)) scene.person('guest', 1, false);
  world.network.delayMs = [1, random.pick([5, 50, 300])];
  for (const device of scene.devices) device.shelf.latencyMs = [0, random.pick([1, 50])];
  // Whatever a crash left behind is put right by the start.
  home.onListening = () => void checkDisk(home.disk).catch((error) => world.fault('after a start', error));
  await open(scene);
  const mishaps = random.pick([0, 0.05, 0.15, 0.3]);
  for (let i = 0; i < deeds; i++) {
    if (random.chance(mishaps)) goWrong(scene);
    doSomething(scene);
    await clock.pass(random.chance(0.3) ? 0 : random.between(0, 2 * pauseMs));
    if (i % 20 === 19) await checkDisk(home.disk);
    world.check();
  }
  if (random.chance(0.3)) await curfew(scene);
  heal(scene);
  await clock.until(() => isQuiet(scene), healMs);
  await clock.pass(90_000);
  world.check();
  return checkEnd(scene);
}

/** Everybody is there and has nothing left to send. */
function isQuiet(scene: Scene): boolean {
  return scene.devices.every((device) => {
    if (!device.running) return false;
    const state = device.client.status.get().state;
    if (state !== 'online') return state === 'closed' || state === 'anonymous';
    return device.client.outbox.get().every((row) => row.state === 'failed');
  });
}

/** The last that happens before the server dies once more: what is to end must end without anybody saying a word. */
async function curfew(scene: Scene): Promise<void> {
  silenceEverybody(scene);
  await scene.world.clock.pass(1_000);
  scene.home.crash();
}
