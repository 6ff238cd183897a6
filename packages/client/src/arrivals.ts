/** Entries that have arrived and wait until all before them are there. */
import type { Page, Position, RawEntry, RoomSync } from '@parley/protocol';
import { waitingEntries } from './limits.ts';

export class Arrivals {
  /** By seq, each once. */
  #waiting: RawEntry[] = [];
  /** Up to here nothing is missing between those that wait: a log has positions without an entry that one may see. */
  #covered = 0;
  #overflowed = false;

  add(entry: RawEntry): void {
    const waiting = this.#waiting;
    const at = waiting.findLastIndex((other) => other.seq <= entry.seq);
    if (waiting[at]?.seq === entry.seq) return;
    waiting.splice(at + 1, 0, entry);
    if (waiting.length <= waitingEntries) return;
    waiting.pop();
    this.#overflowed = true;
  }

  /** A sync says all there is; what waited before it is void. */
  start(sync: RoomSync): void {
    this.#waiting = [];
    this.#overflowed = false;
    this.#covered = sync.room.head.seq;
    if (sync.mode === 'resumed') for (const entry of sync.entries) this.add(entry);
  }

  /** A page that was asked for after the position `after`. */
  addPage(page: Page, after: number): void {
    for (const entry of page.entries) if (entry.seq > after) this.add(entry);
    const progress = Math.max(page.to, page.entries.at(-1)?.seq ?? 0);
    if (progress > after) this.#covered = Math.max(this.#covered, progress);
    else this.skipGap();
    if (!page.after) this.#overflowed = false;
  }

  /** What is missing before the first that waits will not come. */
  skipGap(): void {
    this.#covered = Math.max(this.#covered, (this.#waiting[0]?.seq ?? 1) - 1);
    if (this.#waiting.length === 0) this.#overflowed = false;
  }

  /** Takes out what follows `head` without a gap, and says how far it reaches. */
  take(head: Position): { run: RawEntry[]; head: Position } {
    const run: RawEntry[] = [];
    let seen = 0;
    let { term, seq } = head;
    for (const entry of this.#waiting) {
      if (entry.seq > seq + 1 && entry.seq > this.#covered) break;
      seen += 1;
      if (entry.seq <= seq) continue;
      run.push(entry);
      ({ term, seq } = entry);
    }
    this.#waiting.splice(0, seen);
    return { run, head: { term, seq: Math.max(seq, this.#covered) } };
  }

  /** The newest seq that was heard of; 0 for none. */
  get last(): number {
    return Math.max(this.#covered, this.#waiting.at(-1)?.seq ?? 0);
  }

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether something is missing that a page would bring. */
  get incomplete(): boolean {
    return this.#waiting.length > 0 || this.#overflowed;
  }
}
