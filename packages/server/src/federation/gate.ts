/**
 * How fast one server's frames are taken: what comes faster waits, by priority in fair shares. Others' frames never
 * wait for it.
 */
import type { Buckets } from '../bucket.ts';
import type { Runtime } from '../runtime.ts';
import { FairShares } from './fair-shares.ts';
import { byPriority, type Priority, priorities, weights } from './priority.ts';

export interface GateOptions {
  /** The server, whose buckets outlive the link. */
  readonly server: string;
  readonly frames: Buckets;
  readonly bytes: Buckets;
  readonly runtime: Pick<Runtime, 'setTimer'>;
}

interface Waiting {
  readonly bytes: number;
  readonly pass: () => void;
  /** Whether the bucket of frames was charged for it. */
  isCounted: boolean;
}

export class Gate {
  readonly #options: GateOptions;
  readonly #waiting = byPriority<Waiting[]>(() => []);
  readonly #shares = new FairShares<Priority>(priorities.length);
  #cancel: (() => void) | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Calls `pass` when it is the turn of a frame of so many bytes, mostly at once. */
  enter(priority: Priority, bytes: number, pass: () => void): void {
    this.#waiting[priority].push({ bytes, pass, isCounted: false });
    if (!this.#cancel) this.#open();
  }

  /** Nobody passes any more. */
  end(): void {
    this.#cancel?.();
    for (const priority of priorities) this.#waiting[priority].length = 0;
  }

  #open(): void {
    const { server, frames, bytes, runtime } = this.#options;
    this.#cancel = undefined;
    for (;;) {
      const priority = this.#shares.next(priorities.filter((each) => this.#waiting[each].length > 0));
      if (!priority) return;
      const first = this.#waiting[priority][0]!;
      const counted = first.isCounted ? ({ ok: true } as const) : frames.take(server);
      first.isCounted = counted.ok;
      const paid = counted.ok ? bytes.take(server, first.bytes) : counted;
      if (!paid.ok) {
        this.#cancel = runtime.setTimer(() => this.#open(), paid.retryAfterMs);
        return;
      }
      this.#waiting[priority].shift();
      this.#shares.charge(priority, first.bytes / weights[priority]);
      first.pass();
    }
  }
}
