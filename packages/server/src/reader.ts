/**
 * One connection as the fan-out sees it: somewhere to write bytes that are framed already. While a reply that starts a
 * subscription is being made, events are held back, so that they never overtake it.
 */
import type { Link } from '@parley/link';

export class Reader {
  readonly link: Link;
  /** Encoding and framing: readers of one shape share every byte. */
  readonly shape: string;
  readonly #budgetBytes: number;
  readonly #tooSlow: () => void;
  #held: Uint8Array[] | undefined;
  #holders = 0;
  #heldBytes = 0;
  #closed = false;

  constructor(link: Link, budgetBytes: number, tooSlow: () => void) {
    this.link = link;
    this.shape = `${link.encoding}/${link.framing}`;
    this.#budgetBytes = budgetBytes;
    this.#tooSlow = tooSlow;
  }

  /** One write. A reader that is too far behind is told so once and gets no more. */
  deliver(framed: Uint8Array): void {
    if (this.#closed) return;
    // However much comes at once: what counts is how far the reader was behind before.
    if (this.link.buffered + this.#heldBytes > this.#budgetBytes) this.#tooSlow();
    else if (this.#held) {
      this.#held.push(framed);
      this.#heldBytes += framed.length;
    } else this.link.write(framed);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Nothing is written any more. */
  close(): void {
    this.#closed = true;
    this.#held = undefined;
    this.#heldBytes = 0;
  }

  /** Keeps back what is delivered until as many {@link release}. */
  hold(): void {
    this.#holders++;
    if (!this.#closed) this.#held ??= [];
  }

  /** Call once for each {@link hold}, after the reply is written. */
  release(): void {
    if (--this.#holders > 0 || !this.#held) return;
    const held = this.#held;
    this.#held = undefined;
    this.#heldBytes = 0;
    for (const framed of held) this.link.write(framed);
  }
}
