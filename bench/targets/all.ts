// The servers that the benchmarks compare, in the order of the table.
import type { Target } from '../target.ts';
import { parleyCore } from './parley-core.ts';
import { parleyProduct } from './parley-product.ts';
import { socketIo } from './socket-io.ts';
import { ws } from './ws.ts';
import { wsStored } from './ws-stored.ts';

export const targets: readonly Target[] = [ws, wsStored, socketIo, parleyCore, parleyProduct];

/** The named targets, or all when no name is given. Throws when a name is not a target's. */
export function targetsNamed(names: readonly string[]): readonly Target[] {
  const known = new Map(targets.map((target) => [target.name, target]));
  return names.length === 0
    ? targets
    : names.map((name) => {
        const target = known.get(name);
        if (!target) throw new Error(`no target is named ${name}: there are ${[...known.keys()].join(', ')}`);
        return target;
      });
}
