// What goes wrong between servers and with them, at random: partitions of every kind, slow lines, programs that die and
// are back before anybody notices, disks that are as they were some time ago.
import type { Home } from '../home.ts';
import type { Wire } from '../network.ts';
import type { Scene } from '../scene.ts';

type Mishap = (scene: Scene) => void;

/** By weight. */
const mishaps: [weight: number, name: string, mishap: Mishap][] = [
  [4, 'a server crashes', (scene) => crash(scene, scene.world.random.between(0, 8_000))],
  [3, 'a server is back at once', (scene) => crash(scene, scene.world.random.between(0, 3))],
  [8, 'a server will crash at a write', (scene) => crashAtWrite(scene)],
  [8, 'a server will be restored from a backup of now', (scene) => restore(scene)],
  [3, 'a link is cut', (scene) => onLink(scene, (wire) => scene.world.network.sever(wire, 'both'))],
  [4, 'a link is cut and one end knows', (scene) => onLink(scene, (wire) => scene.world.network.sever(wire, 'one'))],
  [2, 'a link is cut and nobody knows', (scene) => onLink(scene, (wire) => scene.world.network.sever(wire, 'neither'))],
  [3, 'answers of a server are lost', (scene) => loseAnswers(scene)],
  [3, 'the network falls apart', (scene) => partition(scene)],
  [2, 'only one server reaches both sides', (scene) => bridge(scene)],
  [3, 'nothing comes through from one server to another', (scene) => oneWay(scene)],
  [2, 'a line flaps', (scene) => flap(scene)],
  [2, 'a line is slow', (scene) => slowLine(scene)],
  [2, 'a disk is slow', (scene) => slowDisk(scene)],
  [1, 'a disk fails now and then', (scene) => failingDisk(scene)],
  [2, 'a device is switched off', (scene) => switchOff(scene)],
  [2, 'a device is cut off', (scene) => onDevice(scene)],
];

export function goWrongAcross(scene: Scene): void {
  const [, name, mishap] = scene.world.random.weighted(mishaps);
  scene.world.tell(() => name);
  mishap(scene);
}

/** Everything works again, and everybody is there. */
export function healAcross(scene: Scene): void {
  const { world, homes } = scene;
  scene.healedMs = world.clock.nowMs;
  world.network.delayMs = [1, 20];
  world.network.heal();
  for (const home of homes) {
    home.disk.strikes = () => false;
    home.disk.failing = 0;
    home.disk.latencyMs = [0, 2];
    if (!home.running) void home.start();
  }
  for (const device of scene.devices) device.start();
}

/** What was to go wrong later does not when everything has healed. */
const isOn = ({ world, healedMs }: Scene): boolean => healedMs === undefined || world.clock.nowMs < healedMs;

const later = ({ world }: Scene, [from, to]: [number, number], run: () => void): void =>
  void world.clock.setTimer(run, world.random.between(from, to));

function crash(scene: Scene, forMs: number): void {
  const home = scene.world.random.pick(scene.homes);
  home.crash();
  scene.world.clock.setTimer(() => void home.start(), forMs);
}

/** One that keeps rooms of others would lose what only it had. */
function restore(scene: Scene): void {
  const { world, homes, backups, keepers, restoredMs } = scene;
  const keeping = new Set(keepers.values());
  const others = homes.filter((home) => !keeping.has(home));
  if (others.length === 0) return;
  const home = world.random.pick(others);
  const image = home.disk.image();
  backups.set(home, image);
  later(scene, [500, 8_000], () => {
    const keepsRooms = [...keepers.values()].includes(home);
    if (keepsRooms || backups.get(home) !== image || !isOn(scene)) return;
    home.restore(image);
    restoredMs.set(home, world.clock.nowMs);
    later(scene, [0, 4_000], () => void home.start());
  });
}

function crashAtWrite(scene: Scene): void {
  const { world } = scene;
  const home = world.random.pick(scene.homes);
  const { disk } = home;
  const at = disk.writes + world.random.between(1, 6);
  const moment = world.random.pick(['before', 'after'] as const);
  disk.strikes = (write, now) => {
    if (write < at || now !== moment) return false;
    disk.strikes = () => false;
    later(scene, [0, 4_000], () => void home.start());
    return true;
  };
}

/** A wire between two servers. */
function onLink(scene: Scene, act: (wire: Wire) => void): void {
  const { network, random } = scene.world;
  const hosts = new Set(scene.homes.map(({ name }) => name));
  const wires = network.wires.filter(({ cut, ends, from }) => !cut && ends.length === 2 && hosts.has(from));
  if (wires.length > 0) act(random.pick(wires));
}

/** What was asked is done, and nobody hears of it. */
function loseAnswers(scene: Scene): void {
  const { network, random } = scene.world;
  onLink(scene, (wire) => {
    network.stall(wire, random.pick(['up', 'down'] as const));
    later(scene, [50, 3_000], () => network.sever(wire, 'both'));
  });
}

/** Blocks lines for a while. */
function blockFor(scene: Scene, lines: readonly (readonly [Home, Home])[], forMs: [number, number]): void {
  const { network } = scene.world;
  for (const [from, to] of lines) network.block(from.name, to.name);
  later(scene, forMs, () => {
    for (const [from, to] of lines) network.unblock(from.name, to.name);
  });
}

const both = (one: Home, other: Home) => [[one, other] as const, [other, one] as const];

function partition(scene: Scene): void {
  const { homes, world } = scene;
  const left = homes.filter(() => world.random.chance(0.5));
  const right = homes.filter((home) => !left.includes(home));
  blockFor(
    scene,
    left.flatMap((one) => right.flatMap((other) => both(one, other))),
    [500, 60_000],
  );
}

function bridge(scene: Scene): void {
  const { homes, world } = scene;
  const between = world.random.pick(homes);
  const left = homes.filter((home) => home !== between && world.random.chance(0.5));
  const right = homes.filter((home) => home !== between && !left.includes(home));
  blockFor(
    scene,
    left.flatMap((one) => right.flatMap((other) => both(one, other))),
    [500, 60_000],
  );
}

function oneWay(scene: Scene): void {
  const [from, to] = pairOf(scene);
  blockFor(scene, [[from, to]], [500, 60_000]);
}

function flap(scene: Scene): void {
  const { world } = scene;
  const [one, other] = pairOf(scene);
  const once = (times: number): void => {
    blockFor(scene, both(one, other), [100, 3_000]);
    if (times > 1) world.clock.setTimer(() => once(times - 1), world.random.between(3_000, 6_000));
  };
  once(world.random.between(2, 4));
}

function slowLine(scene: Scene): void {
  const { network, random } = scene.world;
  const [from, to] = pairOf(scene);
  network.slow(from.name, to.name, [50, random.between(200, 4_000)]);
  later(scene, [2_000, 20_000], () => network.slow(from.name, to.name, undefined));
}

function pairOf({ homes, world }: Scene): [Home, Home] {
  const one = world.random.pick(homes);
  return [one, world.random.pick(homes.filter((home) => home !== one))];
}

function slowDisk(scene: Scene): void {
  const { disk } = scene.world.random.pick(scene.homes);
  disk.latencyMs = [10, scene.world.random.between(20, 1_000)];
  later(scene, [1_000, 10_000], () => {
    disk.latencyMs = [0, 5];
  });
}

function failingDisk(scene: Scene): void {
  const { disk } = scene.world.random.pick(scene.homes);
  disk.failing = 0.2;
  later(scene, [500, 5_000], () => {
    disk.failing = 0;
  });
}

function switchOff(scene: Scene): void {
  const on = scene.devices.filter((device) => device.running);
  if (on.length === 0) return;
  const device = scene.world.random.pick(on);
  scene.kill(device);
  later(scene, [100, 20_000], () => void device.start());
}

function onDevice(scene: Scene): void {
  const { network, random } = scene.world;
  const hosts = new Set(scene.homes.map(({ name }) => name));
  const wires = network.wires.filter(({ cut, ends, from }) => !cut && ends.length === 2 && !hosts.has(from));
  if (wires.length > 0) network.sever(random.pick(wires), random.pick(['both', 'one'] as const));
}
