// A directory in the simulated network, which dies after a while and never comes back.
import { createDirectory, openSqliteInMemory, silentLog } from '@parley/server';
import { ports } from './home.ts';
import { Life } from './life.ts';
import type { World } from './world.ts';

export async function openDirectory(world: World, host: string, forMs: number): Promise<void> {
  const life = new Life(host, world.clock, world.random.fork(host));
  const { runtime } = life;
  const parts = { db: openSqliteInMemory(), network: 'simulation', runtime, log: silentLog };
  const { accept } = await createDirectory(parts);
  world.network.listen(life, { host, port: ports.servers, encoding: 'cbor' }, accept);
  world.clock.setTimer(() => life.kill(), forMs);
}
