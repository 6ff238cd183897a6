/** What waits for its turn in one priority: within a flow in order, among flows by bytes in fair shares. */
import { FairShares } from './fair-shares.ts';

export interface FlowBounds {
  readonly frames: number;
  readonly bytes: number;
  readonly flowFrames: number;
  readonly flowBytes: number;
}

export interface Queued {
  /** Bytes. */
  readonly size: number;
  /** When it came, on the steady clock. */
  readonly at: number;
}

interface Flow<T> {
  readonly items: T[];
  bytes: number;
}

export class FlowQueue<T extends Queued> {
  readonly #bounds: FlowBounds;
  /** Flows with something in them. */
  readonly #flows = new Map<string, Flow<T>>();
  readonly #shares: FairShares<string>;
  /** Flows that found no room. */
  readonly #refused = new Set<string>();
  #frames = 0;
  #bytes = 0;

  constructor(bounds: FlowBounds) {
    this.#bounds = bounds;
    this.#shares = new FairShares(bounds.frames);
  }

  get frames(): number {
    return this.#frames;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Since when the first in some flow has waited longest; undefined when nothing waits. */
  get oldestAt(): number | undefined {
    let oldest: number | undefined;
    for (const { items } of this.#flows.values()) oldest = Math.min(oldest ?? items[0]!.at, items[0]!.at);
    return oldest;
  }

  /** False when there is no room for it. */
  push(flow: string, item: T): boolean {
    const { frames, bytes, flowFrames, flowBytes } = this.#bounds;
    const queue: Flow<T> = this.#flows.get(flow) ?? { items: [], bytes: 0 };
    const isFull = this.#frames + 1 > frames || this.#bytes + item.size > bytes;
    if (isFull || queue.items.length + 1 > flowFrames || queue.bytes + item.size > flowBytes) {
      if (this.#refused.size < frames) this.#refused.add(flow);
      return false;
    }
    this.#flows.set(flow, queue);
    queue.items.push(item);
    queue.bytes += item.size;
    this.#frames += 1;
    this.#bytes += item.size;
    return true;
  }

  /** What {@link take} would take. */
  peek(): T | undefined {
    const flow = this.#shares.next(this.#flows.keys());
    return flow === undefined ? undefined : this.#flows.get(flow)?.items[0];
  }

  take(): T | undefined {
    const flow = this.#shares.next(this.#flows.keys());
    const queue = flow === undefined ? undefined : this.#flows.get(flow);
    const item = queue?.items.shift();
    if (flow === undefined || !queue || !item) return undefined;
    queue.bytes -= item.size;
    this.#frames -= 1;
    this.#bytes -= item.size;
    if (queue.items.length === 0) this.#flows.delete(flow);
    if (this.#flows.size === 0) this.#shares.reset();
    else this.#shares.charge(flow, item.size);
    return item;
  }

  /** Flows that found no room and would now, each once: half of their share and of all is free. */
  roomAgain(): string[] {
    const { frames, bytes } = this.#bounds;
    if (this.#refused.size === 0 || this.#frames > frames / 2 || this.#bytes > bytes / 2) return [];
    const ready = [...this.#refused].filter((flow) => this.#isHalfFree(flow));
    for (const flow of ready) this.#refused.delete(flow);
    return ready;
  }

  clear(): void {
    this.#flows.clear();
    this.#refused.clear();
    this.#shares.reset();
    this.#frames = 0;
    this.#bytes = 0;
  }

  #isHalfFree(flow: string): boolean {
    const { flowFrames, flowBytes } = this.#bounds;
    const queue = this.#flows.get(flow);
    return !queue || (queue.items.length <= flowFrames / 2 && queue.bytes <= flowBytes / 2);
  }
}
