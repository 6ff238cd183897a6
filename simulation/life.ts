// One run of a program, from its start to its death. What it was given dies with it: its timers never fire again, and
// what it had asked of disk and network is never answered. So its code may go on to its next `await`, and no further.
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** The clock, chance and timers of a program: the Runtime of the server and of the client. */
export interface SimulatedRuntime {
  now(): number;
  elapsed(): number;
  setTimer(run: () => void, delayMs: number): () => void;
  nextTurn(run: () => void): () => void;
  turnEnd(run: () => void): () => void;
  randomBytes(length: number): Uint8Array;
  random(): number;
}

/** 2026-01-01T00:00:00Z: the wall clock when a simulation begins. */
export const startMs = 1_767_225_600_000;

export class Life {
  readonly name: string;
  readonly runtime: SimulatedRuntime;
  #dead = false;
  readonly #ends: (() => void)[] = [];

  /** @param skewMs how far its wall clock is off */
  constructor(name: string, clock: Clock, random: Random, skewMs = 0) {
    this.name = name;
    const born = clock.nowMs;
    const setTimer = (run: () => void, delayMs: number) =>
      clock.setTimer(() => {
        if (!this.#dead) run();
      }, delayMs);
    this.runtime = {
      // Whole milliseconds, as clocks have them.
      now: () => Math.floor(startMs + clock.nowMs + skewMs),
      elapsed: () => clock.nowMs - born,
      setTimer,
      nextTurn: (run) => setTimer(run, 0),
      turnEnd: (run) => setTimer(run, 0),
      randomBytes: (length) => random.bytes(length),
      random: () => random.unit(),
    };
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Runs `end` when the program dies. */
  onDeath(end: () => void): void {
    this.#ends.push(end);
  }

  /** Death without a word. */
  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    for (const end of this.#ends.splice(0)) end();
  }
}

/** What a dead program waits for. */
export const never = (): Promise<never> => new Promise(() => {});
