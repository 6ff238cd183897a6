/**
 * What waits to be sent over one link: four priorities in fair shares, within bounds and within the credit that the
 * receiver gave. What finds no room is its owner's to send again.
 */
import { limits, linkLimits, Refusal } from '@parley/protocol';
import { FairShares } from './fair-shares.ts';
import { type FlowBounds, FlowQueue, type Queued } from './flow-queue.ts';
import { costOf, encodePiece } from './pieces.ts';
import { byPriority, type FrameOptions, type Priority, priorities, weights } from './priority.ts';
import type { Holder, SharedBytes } from './shared-bytes.ts';

/** A flow may always hold its one largest frame; four such fill a priority. */
const bounds: FlowBounds = {
  frames: 1_024,
  bytes: 4 * limits.frameBytes,
  flowFrames: 256,
  flowBytes: limits.frameBytes,
};

interface QueuedFrame extends Queued {
  readonly bytes: Uint8Array;
  readonly isAnswer: boolean;
}

interface Lane {
  readonly queue: FlowQueue<QueuedFrame>;
  /** The frame that is being sent, and how much of it is. */
  current: { readonly frame: QueuedFrame; done: number } | undefined;
  /** What all pieces cost so far, and how far that may go. */
  sent: number;
  granted: number;
}

export interface Load {
  readonly priority: Priority;
  readonly frames: number;
  readonly bytes: number;
}

export interface OutgoingOptions {
  readonly elapsed: () => number;
  readonly shared: SharedBytes;
  /** All links together hold too much, and this one most. */
  readonly evict: () => void;
}

export class Outgoing implements Holder {
  readonly #options: OutgoingOptions;
  readonly #lanes = byPriority<Lane>(() => ({
    queue: new FlowQueue(bounds),
    current: undefined,
    sent: 0,
    granted: linkLimits.windowBytes,
  }));
  readonly #shares = new FairShares<Priority>(priorities.length);
  #held = 0;
  #isOver = false;

  constructor(options: OutgoingOptions) {
    this.#options = options;
    options.shared.join(this);
  }

  get held(): number {
    return this.#held;
  }

  evict(): void {
    this.#options.evict();
  }

  /** False when there is no room. */
  push(bytes: Uint8Array, { priority, flow = '' }: FrameOptions, isAnswer = false): boolean {
    const size = bytes.length;
    const item = { bytes, isAnswer, size, at: this.#options.elapsed() };
    if (this.#isOver || !this.#lanes[priority].queue.push(flow, item)) return false;
    this.#hold(size);
    return !this.#isOver;
  }

  /** The piece that is to be sent now; undefined when there is none or no credit for it. */
  next(): Uint8Array | undefined {
    const ready = priorities.filter((priority) => this.#isReady(this.#lanes[priority]));
    const priority = this.#shares.next(ready);
    if (!priority) return undefined;
    const lane = this.#lanes[priority];
    lane.current ??= { frame: lane.queue.take()!, done: 0 };
    const { frame, done } = lane.current;
    const bytes = frame.bytes.subarray(done, done + linkLimits.pieceBytes);
    const hasMore = done + bytes.length < frame.size;
    lane.current = hasMore ? { frame, done: done + bytes.length } : undefined;
    lane.sent += costOf(bytes.length);
    this.#hold(-bytes.length);
    this.#shares.charge(priority, costOf(bytes.length) / weights[priority]);
    return encodePiece({ priority, isAnswer: frame.isAnswer, hasMore, bytes });
  }

  /** The receiver grants more. Throws Refusal('bad-frame') for less than before, or more than there is to grant. */
  grant(priority: Priority, total: number): void {
    const lane = this.#lanes[priority];
    if (total < lane.granted || total > lane.sent + linkLimits.windowBytes) throw new Refusal('bad-frame');
    lane.granted = total;
  }

  /** Flows that found no room and would now, each once. */
  roomAgain(): { priority: Priority; flow: string }[] {
    return priorities.flatMap((priority) =>
      this.#lanes[priority].queue.roomAgain().map((flow) => ({ priority, flow })),
    );
  }

  /** What waits, by priority. */
  get loads(): Load[] {
    return priorities.map((priority) => {
      const { queue, current } = this.#lanes[priority];
      const rest = current ? current.frame.size - current.done : 0;
      return { priority, frames: queue.frames + (current ? 1 : 0), bytes: queue.bytes + rest };
    });
  }

  /** Since when the oldest frame has waited, on the steady clock. */
  get oldestAt(): number | undefined {
    const all = priorities.flatMap((priority) => {
      const { queue, current } = this.#lanes[priority];
      return [current?.frame.at, queue.oldestAt].filter((at) => at !== undefined);
    });
    return all.length === 0 ? undefined : Math.min(...all);
  }

  /** Drops what waits, and takes no more. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.shared.leave(this);
    for (const priority of priorities) {
      this.#lanes[priority].queue.clear();
      this.#lanes[priority].current = undefined;
    }
    this.#hold(-this.#held);
  }

  #isReady({ queue, current, sent, granted }: Lane): boolean {
    if (!current && queue.frames === 0) return false;
    const rest = current ? current.frame.size - current.done : linkLimits.pieceBytes;
    return sent + costOf(Math.min(rest, linkLimits.pieceBytes)) <= granted;
  }

  #hold(bytes: number): void {
    this.#held += bytes;
    this.#options.shared.add(bytes);
  }
}
