// The connections of one listener: asked in turn for life by one timer, closed together. One timer and no closure
// per link keeps an idle connection small; the turns keep the pings from going out all at once.
import type { CloseReason } from './close-reason.ts';
import { closeGraceMs } from './limits.ts';
import type { Timers } from './runtime.ts';

export interface Beating {
  /** Called once per heartbeat: ask a silent peer for life, or give it up. */
  beat(): void;
  close(reason: CloseReason): void;
  /** Breaks the connection at once. */
  abort(): void;
}

export class LinkSet {
  readonly timers: Timers;
  readonly #turnMs: number;
  readonly #slots: Set<Beating>[];
  #added = 0;
  #turns = 0;
  #size = 0;
  #cancel: (() => void) | undefined;
  #empty: PromiseWithResolvers<void> | undefined;

  constructor(timers: Timers, heartbeatMs: number, slots: number) {
    this.timers = timers;
    this.#turnMs = heartbeatMs / slots;
    this.#slots = Array.from({ length: slots }, () => new Set());
  }

  get size(): number {
    return this.#size;
  }

  /** From now on until `delete`, which the link calls when its transport is gone. */
  add(link: Beating): void {
    this.#slots[this.#added % this.#slots.length]?.add(link);
    this.#added += 1;
    this.#size += 1;
    this.#cancel ??= this.timers.setTimer(this.#turn, this.#turnMs);
  }

  delete(link: Beating): void {
    if (!this.#slots.some((slot) => slot.delete(link))) return;
    this.#size -= 1;
    if (this.#size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#empty?.resolve();
  }

  /** Closes all and resolves when their transports are gone, by force after the grace. */
  async close(reason: CloseReason): Promise<void> {
    for (const slot of this.#slots) for (const link of slot) link.close(reason);
    if (this.#size === 0) return;
    this.#empty ??= Promise.withResolvers();
    const { promise } = this.#empty;
    const cancel = this.timers.setTimer(() => this.#abort(), closeGraceMs);
    await promise;
    cancel();
  }

  #abort(): void {
    for (const slot of this.#slots) for (const link of slot) link.abort();
  }

  #turn = (): void => {
    this.#cancel = this.timers.setTimer(this.#turn, this.#turnMs);
    const slot = this.#slots[this.#turns % this.#slots.length] ?? [];
    this.#turns += 1;
    for (const link of slot) link.beat();
  };
}
