/**
 * The order of one connection's acts in a room. Looking things up takes longer for some than for others; still none
 * overtakes another. An act goes on as soon as the one before it has its place in the room's line, not its outcome.
 */
export interface Turn {
  before: Promise<void> | undefined;
  pass: () => void;
}

/** One that has not passed, or waits for those before it to pass. */
interface Waiting {
  clientId: string;
  isPassed: boolean;
  /** Undefined for one that never had to wait. */
  wake: (() => void) | undefined;
}

export class Turns {
  /** By room, in the order in which the turns were taken; as many as a connection may have under way. */
  readonly #lines = new Map<string, Waiting[]>();

  /**
   * Takes a turn at once. `before` resolves when it has come, undefined = now; `pass` lets the next one go on, at the
   * latest when the act has its outcome.
   */
  take(room: string, clientId: string): Turn {
    const own: Waiting = { clientId, isPassed: false, wake: undefined };
    const pass = (): void => this.#pass(room, own);
    const line = this.#lines.get(room);
    if (!line) {
      this.#lines.set(room, [own]);
      return { before: undefined, pass };
    }
    line.push(own);
    return { before: new Promise((resolve) => (own.wake = resolve)), pass };
  }

  /** The act has its place. */
  placed(room: string, clientId: string): void {
    const own = this.#lines.get(room)?.find((waiting) => waiting.clientId === clientId && !waiting.isPassed);
    if (own) this.#pass(room, own);
  }

  #pass(room: string, own: Waiting): void {
    if (own.isPassed) return;
    own.isPassed = true;
    const line = this.#lines.get(room)!;
    if (line[0] !== own) return;
    while (line[0]?.isPassed) line.shift();
    if (line.length === 0) this.#lines.delete(room);
    else line[0]!.wake?.();
  }
}
