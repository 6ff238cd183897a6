/** Links that did not come to be for a reason of this side, for operators: the latest of each sort. */
import type { PeerFault, PeerRefusal } from '@parley/protocol';

const most = 64;

export class Refusals {
  /** In order of the last time. */
  readonly #latest = new Map<string, PeerRefusal>();

  /** @param server where it has proven who it is. @param at Unix ms. */
  add(fault: PeerFault, address: string, server: string | undefined, at: number): void {
    const key = `${fault} ${server ?? address}`;
    const times = (this.#latest.get(key)?.times ?? 0) + 1;
    this.#latest.delete(key);
    const from = address || 'unknown';
    this.#latest.set(key, { ...(server !== undefined && { server }), address: from, fault, times, at });
    const [oldest] = this.#latest.keys();
    if (this.#latest.size > most && oldest !== undefined) this.#latest.delete(oldest);
  }

  /** The newest first. */
  list(): PeerRefusal[] {
    return [...this.#latest.values()].reverse();
  }
}
