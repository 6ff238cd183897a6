/** What waits to be sent over one link, four priorities in fair shares, within bounds. */
import { limits } from '@parley/protocol';
import { FairShares } from './fair-shares.ts';
import { type FlowBounds, FlowQueue, type Queued } from './flow-queue.ts';
import { type FrameOptions, type Priority, priorities, weights } from './priority.ts';

/** A flow may always hold its one largest frame; four such fill a priority. What finds no room is sent again by its owner. */
const bounds: FlowBounds = {
  frames: 1_024,
  bytes: 4 * limits.frameBytes,
  flowFrames: 256,
  flowBytes: limits.frameBytes,
};

interface QueuedFrame extends Queued {
  readonly bytes: Uint8Array;
}

export class Outgoing {
  readonly #elapsed: () => number;
  readonly #queues = new Map<Priority, FlowQueue<QueuedFrame>>();
  readonly #shares = new FairShares<Priority>(priorities.length);

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
    for (const priority of priorities) this.#queues.set(priority, new FlowQueue(bounds));
  }

  /** False when there is no room. */
  push(bytes: Uint8Array, { priority, flow = '' }: FrameOptions): boolean {
    return this.#queues.get(priority)!.push(flow, { bytes, size: bytes.length, at: this.#elapsed() });
  }

  /** What is to be sent now; undefined when nothing is. */
  next(): Uint8Array | undefined {
    const waiting = priorities.filter((priority) => this.#queues.get(priority)!.frames > 0);
    const priority = this.#shares.next(waiting);
    const frame = priority && this.#queues.get(priority)?.take();
    if (!priority || !frame) return undefined;
    this.#shares.charge(priority, frame.size / weights[priority]);
    return frame.bytes;
  }

  clear(): void {
    for (const queue of this.#queues.values()) queue.clear();
  }
}
