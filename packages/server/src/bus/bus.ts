/** The port that carries what happened to every node. Its conformance suite is the full definition. */
import type { ServerEvent } from '@parley/protocol';

/** What is told to other nodes: plain values only. */
export interface Topics {
  /** Committed entries and signals of a room, in order. `entries` before `signals` of the same publish. */
  room: { room: string; events: readonly ServerEvent[] };
  /** For the connections of one account. `except` is the one that knows already. */
  account: { user: string; events: readonly ServerEvent[]; except?: string };
  /** For everybody who is signed in. */
  everybody: { events: readonly ServerEvent[] };
  /** Sessions to end, on whichever node they are, but for one session or one connection. */
  end: { user: string; sessions: readonly string[] | 'all'; session?: string; connection?: string };
}
export type Topic = keyof Topics;

export interface Bus {
  /** Every subscriber gets every event of a topic once, in the order of publishing on one node. */
  publish<T extends Topic>(topic: T, event: Topics[T]): void;
  /** Returns what ends the subscription. */
  subscribe<T extends Topic>(topic: T, listener: (event: Topics[T]) => void): () => void;
  close(): Promise<void>;
}
