/**
 * The acts of one room in line: they are placed one after another in the order in which they came, those of one turn in
 * one go, and go to the disk together. What the disk refuses because another node was first is placed again before
 * anything that came later.
 */
import { Refusal } from '@parley/protocol';
import { Moved } from './committer.ts';
import type { Draft, Outcome } from './draft.ts';
import type { LoadedRoom } from './loaded-room.ts';
import type { PlacedAct } from './run.ts';

/** How often an act is placed again when other nodes append first. */
const attempts = 32;

/** What came of a job, and what must be on disk before it counts. */
interface Placing<T> {
  value: T;
  durable?: Promise<unknown> | undefined;
}

interface LaneOptions {
  /** The room while it is sound. */
  peek: () => LoadedRoom | undefined;
  /** Reads it again. */
  load: () => Promise<LoadedRoom>;
  /** Places acts in order; no other call runs meanwhile. */
  place: (room: LoadedRoom, drafts: readonly Draft[]) => Promise<PlacedAct[]>;
  /** Runs once everything that has arrived is read. */
  soon: (run: () => void) => void;
  /** Called when nothing is left to do. */
  ended: () => void;
}

interface Job {
  number: number;
  tries: number;
  /** Acts to place, with those of the jobs beside it; or something to do alone. */
  task: readonly Draft[] | ((room: LoadedRoom) => Promise<Placing<unknown>>);
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** A job that counts once it is durable. */
interface Landing {
  job: Job;
  value: unknown;
}

export class Lane {
  readonly #options: LaneOptions;
  #waiting: Job[] = [];
  /** Of what is placed and on its way to the disk; they never reject. */
  readonly #flying = new Set<Promise<void>>();
  #working = false;
  #last = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Takes its place in the line at once; resolves when what was accepted is durable. */
  submit(drafts: readonly Draft[]): Promise<Outcome[]> {
    return this.#enter(drafts) as Promise<Outcome[]>;
  }

  /** Runs `task` in its turn; resolves when it is durable. Rejects with what `task` throws. */
  run<T>(task: (room: LoadedRoom) => Promise<Placing<T>>): Promise<T> {
    return this.#enter(task) as Promise<T>;
  }

  #enter(task: Job['task']): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.push({ number: ++this.#last, tries: 0, task, resolve, reject });
    this.#start();
    return promise;
  }

  #start(): void {
    if (this.#working) return;
    this.#working = true;
    this.#options.soon(() => void this.#work());
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const room = await this.#room();
      if (room) await this.#next(room);
    }
    this.#working = false;
    if (this.#flying.size === 0) this.#options.ended();
  }

  /** The room, once everything that was placed on an earlier reading of it has landed. */
  async #room(): Promise<LoadedRoom | undefined> {
    const room = this.#options.peek();
    if (room) return room;
    await Promise.all(this.#flying);
    try {
      return await this.#options.load();
    } catch (error) {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
      return undefined;
    }
  }

  async #next(room: LoadedRoom): Promise<void> {
    const first = this.#waiting[0]!;
    if (typeof first.task === 'function') {
      this.#waiting.shift();
      return this.#alone(first, first.task, room);
    }
    const end = this.#waiting.findIndex(({ task }) => typeof task === 'function');
    await this.#together(this.#waiting.splice(0, end < 0 ? this.#waiting.length : end), room);
  }

  async #alone(job: Job, task: (room: LoadedRoom) => Promise<Placing<unknown>>, room: LoadedRoom): Promise<void> {
    try {
      const { value, durable } = await task(room);
      if (durable) this.#await(durable, [{ job, value }]);
      else job.resolve(value);
    } catch (error) {
      this.#failed(job, error);
    }
  }

  async #together(jobs: readonly Job[], room: LoadedRoom): Promise<void> {
    const drafts = jobs.flatMap(({ task }) => task as readonly Draft[]);
    let placed: PlacedAct[];
    try {
      placed = await this.#options.place(room, drafts);
    } catch (error) {
      for (const job of jobs) this.#failed(job, error);
      return;
    }
    const landings = new Map<Promise<unknown>, Landing[]>();
    let at = 0;
    for (const job of jobs) {
      this.#settle(job, placed, at, landings);
      at += job.task.length;
    }
    for (const [durable, those] of landings) this.#await(durable, those);
  }

  /** Answers a job at once, or notes what it waits for: mostly the same as those beside it. */
  #settle(job: Job, placed: readonly PlacedAct[], from: number, landings: Map<Promise<unknown>, Landing[]>): void {
    const value: Outcome[] = [];
    let durable: Promise<unknown> | undefined;
    let failure: unknown;
    for (let i = from; i < from + job.task.length; i++) {
      const act = placed[i]!;
      if (act.outcome) value.push(act.outcome);
      failure ??= act.failure;
      if (durable && act.durable && act.durable !== durable) durable = Promise.all([durable, act.durable]);
      else durable ??= act.durable;
    }
    if (failure !== undefined) this.#failed(job, failure);
    else if (!durable) job.resolve(value);
    else if (landings.has(durable)) landings.get(durable)!.push({ job, value });
    else landings.set(durable, [{ job, value }]);
  }

  #await(durable: Promise<unknown>, those: readonly Landing[]): void {
    const landed = durable
      .then(
        () => {
          for (const { job, value } of those) job.resolve(value);
        },
        (error) => {
          for (const { job } of those) this.#failed(job, error);
        },
      )
      .then(() => {
        this.#flying.delete(landed);
        if (this.#waiting.length > 0) this.#start();
        else if (!this.#working && this.#flying.size === 0) this.#options.ended();
      });
    this.#flying.add(landed);
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
