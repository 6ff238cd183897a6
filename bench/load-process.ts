// The load generator's own process: connects, warms up, waits for `go`, runs and tells the result.
import { once } from 'node:events';
import { closeRoom, type Load, type LoadResult, openRoom, runLoad } from './load.ts';
import type { Setup } from './target.ts';
import { targetsNamed } from './targets/all.ts';

export interface LoadOrder {
  target: string;
  port: number;
  setup: Setup;
  readers: number;
  warmUp: Load;
  load: Load;
}

export type LoadReport = { kind: 'ready' } | { kind: 'done'; result: LoadResult; cpuUs: number };

if (import.meta.main) {
  process.on('disconnect', () => process.exit(0));
  const [order] = (await once(process, 'message')) as [LoadOrder];
  const [target] = targetsNamed([order.target]);
  const room = await openRoom(order.port, target!.adapter(order.setup), order.readers);
  await runLoad(room, order.warmUp);
  const go = once(process, 'message');
  process.send?.({ kind: 'ready' } satisfies LoadReport);
  await go;
  const before = process.cpuUsage();
  const result = await runLoad(room, order.load);
  const { user, system } = process.cpuUsage(before);
  process.send?.({ kind: 'done', result, cpuUs: user + system } satisfies LoadReport);
  closeRoom(room);
}
