/**
 * The order of one connection's acts in a room. Looking things up takes longer for some than for others; still none
 * overtakes another. An act goes on as soon as the one before it has its place in the room's line, not its outcome.
 */
export interface Turn {
  before: Promise<void> | undefined;
  pass: () => void;
}

export class Turns {
  /** By room: the turn that was taken last. */
  readonly #last = new Map<string, Promise<void>>();
  readonly #passes = new Map<string, () => void>();

  /**
   * Takes a turn at once. `before` resolves when it has come, undefined = now; `pass` lets the next one go on, at the
   * latest when the act has its outcome.
   */
  take(room: string, clientId: string): Turn {
    const before = this.#last.get(room);
    const { promise, resolve } = Promise.withResolvers<void>();
    const name = `${room}/${clientId}`;
    const pass = (): void => {
      if (this.#passes.get(name) === pass) this.#passes.delete(name);
      resolve();
    };
    const mine = before ? before.then(() => promise) : promise;
    this.#last.set(room, mine);
    void mine.then(() => {
      if (this.#last.get(room) === mine) this.#last.delete(room);
    });
    if (!this.#passes.has(name)) this.#passes.set(name, pass);
    return { before, pass };
  }

  /** The act has its place. */
  placed(room: string, clientId: string): void {
    this.#passes.get(`${room}/${clientId}`)?.();
  }
}
