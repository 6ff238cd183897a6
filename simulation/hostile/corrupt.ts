// Makes one of the servers of a scene one that lies.
import type { Scene } from '../scene.ts';
import { RandomLiar } from './lies.ts';
import { Man } from './man.ts';

export function corrupt(scene: Scene): void {
  const { world, homes } = scene;
  const home = world.random.pick(world.random.chance(0.5) ? homes.slice(0, 2) : homes);
  world.hostile = home.id;
  scene.liar = new RandomLiar(scene, new Man(world, home, homes));
}
