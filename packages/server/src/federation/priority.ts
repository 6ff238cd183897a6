/** What is sent first to another server when not all can be. None waits for ever: each has its share of a link. */
import { type FramePriority, framePriorities } from '@parley/protocol';

/** Decisions are entries of rooms other than messages; bulk is what fills gaps; circuits are what a relay passes on. */
export const priorities = framePriorities;
export type Priority = FramePriority;

/** What each gets of a link that all of them fill. */
export const weights: Readonly<Record<Priority, number>> = { control: 8, decision: 4, message: 2, bulk: 1, circuit: 2 };

export interface FrameOptions {
  readonly priority: Priority;
  /** What shares the priority fairly with others: a room's id mostly. Frames of one flow keep their order. */
  readonly flow?: string;
}

/** One of something for each priority. */
export function byPriority<T>(make: (priority: Priority) => T): Readonly<Record<Priority, T>> {
  const entries = priorities.map((priority) => [priority, make(priority)]);
  return Object.fromEntries(entries) as Record<Priority, T>;
}
