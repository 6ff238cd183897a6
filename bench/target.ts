// What the benchmark knows of a server that it measures.
//
// A new target is two files in targets/ and a line in targets/all.ts:
//  - `x-server.ts`, the child process: calls `serveTarget` (target-process.ts) with a function that starts the server
//    on a loopback port of the system's choice;
//  - `x.ts`: `{ name, about, start: () => startTarget(new URL('./x-server.ts', import.meta.url)), adapter }`.
// The adapter holds everything that the load generator has to know of the protocol; the generator itself is the same
// for all. targets.test.ts then proves that the target delivers every message once and in order to every reader.
import type { Connection } from './connection.ts';
import type { Wire } from './wire.ts';

/** Anything that survives JSON: what a server must tell the generator, such as a room's id or tokens. */
export type Setup = string | number | boolean | null | Setup[] | { [key: string]: Setup };

export interface CpuTime {
  userUs: number;
  systemUs: number;
}

/** A running server process. */
export interface RunningTarget {
  port: number;
  setup: Setup;
  /** CPU time of the whole process, all threads, since its start */
  cpu(): Promise<CpuTime>;
  rssBytes(): Promise<number>;
  /** Ends the process and resolves when it is gone. */
  stop(): Promise<void>;
}

/** Who connects: one sender, who gets no deliveries counted, and readers from 0. */
export type Role = { kind: 'sender' } | { kind: 'reader'; index: number };

export interface Adapter {
  /** The wire of one new connection. */
  wire(): Wire;
  /** Runs on a fresh connection, before the measurement, until it may send or will get every message. */
  join(connection: Connection, role: Role): Promise<void>;
  /** The payload that sends one message. `text` is ASCII without quotes or escapes and is used again after the call. */
  encode(text: Buffer, number: number): Buffer;
  /**
   * Looks at one payload that came in (from `start` to `end`) and calls `deliver` with the offset of each message text
   * in it. Answers whatever the protocol wants answered (a ping, say). Costs count: it runs for every delivery.
   */
  read(connection: Connection, buffer: Buffer, start: number, end: number, deliver: (textAt: number) => void): void;
}

export interface Target {
  name: string;
  /** one line for the table: what is measured, with its durability */
  about: string;
  start(): Promise<RunningTarget>;
  /** `setup` is what the running server gave. */
  adapter(setup: Setup): Adapter;
}
