// The attacker's own process: starts when told where, stops when told, and reports.
import { once } from 'node:events';
import { Attack, type Tally } from './attack.ts';

export interface AttackOrder {
  port: number;
  room: string;
  from: string;
}
export type AttackReport = Tally | { failed: string };

process.on('disconnect', () => process.exit(0));
const [{ port, room, from }] = (await once(process, 'message')) as [AttackOrder];
const attack = new Attack(port, room, from);
process.once('message', () => attack.stop());
const failed = await attack.run().then(
  () => undefined,
  (error: Error) => error.message,
);
process.send?.((failed === undefined ? attack.tally : { failed }) satisfies AttackReport);
