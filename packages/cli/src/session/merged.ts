/** Several streams as one, in the order in which they bring something. */

/** Ends when all have ended; what one throws ends it. Streams may be added while it runs. */
export class Merged<T> {
  readonly #waiting: T[] = [];
  readonly #maxWaiting: number;
  #changed = Promise.withResolvers<void>();
  #room = Promise.withResolvers<void>();
  #running = 0;
  #failed: { error: unknown } | undefined;

  /** @param maxWaiting how much may wait for a slow reader before the streams are made to wait */
  constructor(maxWaiting = 100) {
    this.#maxWaiting = maxWaiting;
  }

  add(stream: AsyncIterable<T>): void {
    this.#running += 1;
    void this.#pull(stream);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      while (this.#waiting.length > 0) {
        yield this.#waiting.shift()!;
        this.#room.resolve();
      }
      if (this.#failed) throw this.#failed.error;
      if (this.#running === 0) return;
      this.#changed = Promise.withResolvers();
      await this.#changed.promise;
    }
  }

  async #pull(stream: AsyncIterable<T>): Promise<void> {
    try {
      for await (const item of stream) {
        while (this.#waiting.length >= this.#maxWaiting) {
          this.#room = Promise.withResolvers();
          await this.#room.promise;
        }
        this.#waiting.push(item);
        this.#changed.resolve();
      }
    } catch (error) {
      this.#failed ??= { error };
    } finally {
      this.#running -= 1;
      this.#changed.resolve();
    }
  }
}
