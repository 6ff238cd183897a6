// Several homeservers that dial each other in one way or another, people on each, and rooms that some of them make and
// others join from where they are.
import { Home } from '../home.ts';
import { enter, Scene } from '../scene.ts';
import type { World } from '../world.ts';

/** Clocks are right, or off by so much at the most. */
const skewMs = 2 * 86_400_000;
/** Links are there within this. */
const linkedMs = 30_000;
const names = ['ada', 'ben', 'cleo', 'dan', 'eve', 'finn', 'gus', 'hal', 'ida', 'jan'];

/** How rooms are made: some are open to read, some from joining on, one keeps nothing. */
const rooms = [
  { alias: 'square' },
  { alias: 'garden', history: 'since-join' },
  { alias: 'window', history: 'world' },
  { alias: 'unkept', retentionDays: 0 },
  { alias: 'porch', joinRule: 'knock' },
] as const;

/** Draws up the servers and the cast. */
export function assemble(world: World): Scene {
  const { random } = world;
  const count = random.pick([3, 3, 3, 3, 4, 4, 5, 7]);
  const hosts = Array.from({ length: count }, (_, i) => `s${i + 1}`);
  const dials = new Map<string, string[]>(hosts.map((host) => [host, []]));
  for (const [i, one] of hosts.entries())
    for (const other of hosts.slice(i + 1))
      for (const [from, to] of dialsOf(world, one, other)) dials.get(from)!.push(to);
  const loadedRooms = random.pick([1, 3, 100]);
  const homes = hosts.map((host) => {
    const skew = random.chance(0.3) ? random.between(-skewMs, skewMs) : 0;
    return new Home(world, host, { loadedRooms, dials: dials.get(host)!, skewMs: skew });
  });
  const scene = new Scene(world, ...homes);
  for (const [i, home] of homes.entries()) scene.person(names[i]!, random.pick([1, 1, 2]), true, home);
  const more = random.between(0, Math.min(2, names.length - count));
  for (let i = 0; i < more; i++) scene.person(names[count + i]!, 1, true, random.pick(homes));
  return scene;
}

/** So many of them, in their order. */
function someOf<T>({ random }: World, all: readonly T[], count: number): T[] {
  const rest = [...all];
  while (rest.length > count) rest.splice(random.below(rest.length), 1);
  return rest;
}

/** Who of two dials whom: one of them, or each the other at the same time. */
function dialsOf({ random }: World, one: string, other: string): [from: string, to: string][] {
  const ways: [string, string][] = [
    [one, other],
    [other, one],
  ];
  return random.pick([[ways[0]!], [ways[1]!], ways]);
}

/** Starts everything, while nothing goes wrong yet. */
export async function openAcross(scene: Scene): Promise<void> {
  const { world, homes, people } = scene;
  const { random, clock } = world;
  const linked = new Set<string>();
  for (const home of homes) home.onLinked = (server) => linked.add(`${home.id}/${server}`);
  for (const home of homes) await scene.sure(`the first start of ${home.name}`, home.start());
  for (const person of people) await enter(scene, person);
  if (!(await clock.until(() => linked.size === homes.length * (homes.length - 1), linkedMs)))
    throw new Error('the servers do not link');
  // Among servers of which one lies there are always rooms of an honest one.
  const keepers = homes.slice(0, scene.liar ? 2 : random.between(1, 2));
  const count = random.pick([1, 2, 2, 3, rooms.length]);
  for (const [i, details] of someOf(world, rooms, scene.liar ? Math.max(2, count) : count).entries()) {
    const keeper = scene.liar ? keepers[i % 2]! : random.pick(keepers);
    const owner = people.find(({ home }) => home === keeper)!;
    const { client } = owner.devices[0]!;
    const room = await scene.sure(`making #${details.alias}`, client.create(details));
    scene.made(details.alias, room.id, keeper);
    if (details.alias === 'unkept') scene.unkept.add(room.id);
    if (details.alias === 'porch') scene.porch = room.id;
    const others = people.filter((person) => person !== owner && details.alias !== 'porch' && random.chance(0.8));
    const isRush = random.chance(0.3);
    const joins: Promise<unknown>[] = [];
    for (const person of others) {
      const server = person.home === keeper ? undefined : keeper.id;
      joins.push(person.devices[0]!.client.join(room.id, server));
      if (!isRush) await scene.sure(`${person.name} joins #${details.alias}`, joins.at(-1)!);
    }
    await scene.sure(`all join #${details.alias}`, Promise.all(joins));
  }
}
