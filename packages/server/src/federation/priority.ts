/** What is sent first to another server when not all can be. None waits for ever: each has its share of a link. */

/** From the most urgent on. Decisions are entries of rooms other than messages; bulk is what fills gaps. */
export const priorities = ['control', 'decision', 'message', 'bulk'] as const;
export type Priority = (typeof priorities)[number];

/** What each gets of a link that all of them fill. */
export const weights: Readonly<Record<Priority, number>> = { control: 8, decision: 4, message: 2, bulk: 1 };

export interface FrameOptions {
  readonly priority: Priority;
  /** What shares the priority fairly with others: a room's id mostly. Frames of one flow keep their order. */
  readonly flow?: string;
}
