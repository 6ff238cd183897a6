// What goes wrong, at random: programs die, wires are cut or stall, disks are slow, fail, or crash the server at a write.
import type { Device } from './device.ts';
import type { Scene } from './scene.ts';

type Mishap = (scene: Scene) => void;

/** By weight. */
const mishaps: [weight: number, name: string, mishap: Mishap][] = [
  [3, 'the server crashes', (scene) => crash(scene)],
  [6, 'the server will crash at a write', (scene) => crashAtWrite(scene)],
  [3, 'a device is switched off', (scene) => switchOff(scene)],
  [4, 'a wire is cut', (scene) => onWire(scene, (wire) => scene.world.network.sever(wire, 'both'))],
  [3, 'a wire is cut and one end knows', (scene) => onWire(scene, (wire) => scene.world.network.sever(wire, 'one'))],
  [2, 'a wire is cut and nobody knows', (scene) => onWire(scene, (wire) => scene.world.network.sever(wire, 'neither'))],
  [4, 'nothing comes through in one direction', (scene) => stall(scene)],
  [4, 'answers are lost', (scene) => loseAnswers(scene)],
  [1, 'nobody can connect', (scene) => unreachable(scene)],
  [2, 'the network is slow', (scene) => slowNetwork(scene)],
  [2, 'the disk is slow', (scene) => slowDisk(scene)],
  [1, 'the disk fails now and then', (scene) => failingDisk(scene)],
];

export function goWrong(scene: Scene): void {
  const [, name, mishap] = scene.world.random.weighted(mishaps);
  scene.world.tell(() => name);
  mishap(scene);
}

/** Everything works again, and everybody is there. */
export function heal(scene: Scene): void {
  const { world, home } = scene;
  const { network } = world;
  home.disk.strikes = () => false;
  home.disk.failing = 0;
  home.disk.latencyMs = [0, 2];
  network.delayMs = [1, 20];
  network.reach(home.name, true);
  for (const wire of network.wires) for (const way of ['up', 'down'] as const) network.flow(wire, way);
  if (!home.running) void home.start();
  for (const device of scene.devices) device.start();
}

function crash({ home, world }: Scene): void {
  home.crash();
  reviveLater({ home, world });
}

/** Starts the server again some time after it died, whoever killed it. */
export function reviveLater({ home, world }: Pick<Scene, 'home' | 'world'>): void {
  world.clock.setTimer(() => void home.start(), world.random.between(0, 5_000));
}

function crashAtWrite(scene: Scene): void {
  const { home, world } = scene;
  const { disk } = home;
  const at = disk.writes + world.random.between(1, 6);
  const moment = world.random.pick(['before', 'after'] as const);
  disk.strikes = (write, now) => {
    if (write < at || now !== moment) return false;
    disk.strikes = () => false;
    reviveLater(scene);
    return true;
  };
}

function switchOff(scene: Scene): void {
  const { world } = scene;
  const on = scene.devices.filter((device) => device.running);
  if (on.length === 0) return;
  const device: Device = world.random.pick(on);
  scene.kill(device);
  world.clock.setTimer(() => void device.start(), world.random.between(100, 20_000));
}

function onWire({ world }: Scene, act: (wire: Scene['world']['network']['wires'][number]) => void): void {
  const wires = world.network.wires.filter(({ cut, ends }) => !cut && ends.length === 2);
  if (wires.length > 0) act(world.random.pick(wires));
}

function stall(scene: Scene): void {
  const { world } = scene;
  onWire(scene, (wire) => {
    const way = world.random.pick(['up', 'down'] as const);
    world.network.stall(wire, way);
    world.clock.setTimer(() => world.network.flow(wire, way), world.random.between(100, 90_000));
  });
}

/** What was asked is done, and nobody hears of it. */
function loseAnswers(scene: Scene): void {
  const { world } = scene;
  onWire(scene, (wire) => {
    world.network.stall(wire, 'down');
    world.clock.setTimer(() => world.network.sever(wire, 'both'), world.random.between(50, 3_000));
  });
}

function unreachable({ world, home }: Scene): void {
  world.network.reach(home.name, false);
  world.clock.setTimer(() => world.network.reach(home.name, true), world.random.between(1_000, 30_000));
}

function slowNetwork({ world }: Scene): void {
  world.network.delayMs = [10, world.random.between(100, 2_000)];
  world.clock.setTimer(
    () => {
      world.network.delayMs = [1, 50];
    },
    world.random.between(1_000, 10_000),
  );
}

function slowDisk({ world, home }: Scene): void {
  home.disk.latencyMs = [10, world.random.between(20, 1_000)];
  world.clock.setTimer(
    () => {
      home.disk.latencyMs = [0, 5];
    },
    world.random.between(1_000, 10_000),
  );
}

function failingDisk({ world, home }: Scene): void {
  home.disk.failing = 0.2;
  world.clock.setTimer(
    () => {
      home.disk.failing = 0;
    },
    world.random.between(500, 5_000),
  );
}
