// Everything of one simulation: its time, its chance, its network, and what went wrong.
import { Clock } from './clock.ts';
import { Network } from './network.ts';
import { Random } from './random.ts';

/** What can be wrong with one run, and where. */
export class Failure extends Error {
  constructor(seed: number, atMs: number, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super(`seed ${seed} at ${Math.round(atMs)} ms: ${what}`, { cause });
    this.name = 'Failure';
  }
}

export class World {
  readonly seed: number;
  readonly clock = new Clock();
  readonly random: Random;
  readonly network: Network;
  /** Errors that no program may ever have, with the time. */
  readonly faults: { atMs: number; what: string; error: unknown }[] = [];
  /** Id of a server that lies. */
  hostile: string | undefined;
  /** What other servers have logged of it. */
  readonly noticed: string[] = [];
  /** What happened, for people; filled when asked for. */
  readonly story: string[] = [];
  tells = false;

  constructor(seed: number) {
    this.seed = seed;
    this.random = new Random(seed, 'world');
    this.network = new Network(this.clock, this.random.fork('network'));
  }

  /** Notes a line of what happens. */
  tell(line: () => string): void {
    if (this.tells) this.story.push(`${String(Math.round(this.clock.nowMs)).padStart(8)} ${line()}`);
  }

  fault(what: string, error: unknown): void {
    this.faults.push({ atMs: this.clock.nowMs, what, error });
  }

  /** Throws the first fault that was noted. */
  check(): void {
    const [first] = this.faults;
    if (first) throw new Error(`${first.what} at ${Math.round(first.atMs)} ms`, { cause: first.error });
  }
}
