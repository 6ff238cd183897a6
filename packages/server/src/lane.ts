/**
 * The acts of one room in line: they are placed one after another in the order in which they came, and go to the disk
 * together. What the disk refuses because another node was first is placed again before anything that came later.
 */
import { Refusal } from '@parley/protocol';
import { Moved } from './committer.ts';
import type { LoadedRoom } from './loaded-room.ts';

/** How often an act is placed again when other nodes append first. */
const attempts = 32;

/** What came of placing, and what must be on disk before it counts. */
export interface Placing<T> {
  value: T;
  durable?: Promise<unknown> | undefined;
}

interface Job {
  number: number;
  tries: number;
  place(room: LoadedRoom): Promise<Placing<unknown>>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class Lane {
  readonly #peek: () => LoadedRoom | undefined;
  readonly #load: () => Promise<LoadedRoom>;
  readonly #ended: () => void;
  #waiting: Job[] = [];
  /** Placed, on their way to the disk. */
  readonly #flying = new Map<Job, Promise<void>>();
  #working = false;
  #last = 0;

  /**
   * @param peek the room while it is sound
   * @param load reads it again
   * @param ended called when nothing is left to do
   */
  constructor(peek: () => LoadedRoom | undefined, load: () => Promise<LoadedRoom>, ended: () => void) {
    this.#peek = peek;
    this.#load = load;
    this.#ended = ended;
  }

  /** Takes its place in the line at once; resolves when it is durable. Rejects with what `place` throws. */
  run<T>(place: (room: LoadedRoom) => Promise<Placing<T>>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.push({ number: ++this.#last, tries: 0, place, resolve, reject });
    void this.#work();
    return promise as Promise<T>;
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#waiting.length > 0) {
      const room = await this.#room();
      const job = room && this.#waiting.shift();
      if (job) await this.#place(job, room);
    }
    this.#working = false;
    if (this.#flying.size === 0) this.#ended();
  }

  /** The room, once everything that was placed on an earlier reading of it has landed. */
  async #room(): Promise<LoadedRoom | undefined> {
    const room = this.#peek();
    if (room) return room;
    await Promise.all(this.#flying.values());
    try {
      return await this.#load();
    } catch (error) {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
      return undefined;
    }
  }

  async #place(job: Job, room: LoadedRoom): Promise<void> {
    try {
      const { value, durable } = await job.place(room);
      if (durable) this.#flying.set(job, this.#land(job, value, durable));
      else job.resolve(value);
    } catch (error) {
      this.#failed(job, error);
    }
  }

  async #land(job: Job, value: unknown, durable: Promise<unknown>): Promise<void> {
    try {
      await durable;
      job.resolve(value);
    } catch (error) {
      this.#failed(job, error);
    }
    this.#flying.delete(job);
    if (this.#waiting.length > 0) void this.#work();
    else if (!this.#working && this.#flying.size === 0) this.#ended();
  }

  #failed(job: Job, error: unknown): void {
    if (!(error instanceof Moved)) job.reject(error);
    else if (++job.tries >= attempts) job.reject(new Refusal('unavailable'));
    else {
      this.#waiting.push(job);
      this.#waiting.sort((a, b) => a.number - b.number);
    }
  }
}
