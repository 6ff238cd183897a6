/**
 * Slow mode at the servers of those who write: what comes too fast is refused before it has a number, for its clerk would
 * leave a tombstone for every try. Its clerk has the last word: on the way what was apart may come together.
 */
import type { RoomState } from '@parley/room';

/** People whose last message is remembered; what others send too fast the clerk refuses. */
const remembered = 10_000;

export class SlowMode {
  readonly #elapsed: () => number;
  /** By room and person. */
  readonly #posts = new Map<string, number>();

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** How long somebody has to wait before the next message, in ms; when they need not, this one counts. */
  take(state: RoomState, user: string, kind: string): number {
    const { slowModeMs } = state.settings;
    const role = state.members.get(user)?.role;
    if (kind !== 'message' || slowModeMs === 0 || (role !== 'member' && role !== 'guest')) return 0;
    const at = this.#posts.get(`${state.id}/${user}`);
    const waitMs = at === undefined ? 0 : at + slowModeMs - this.#elapsed();
    if (waitMs <= 0) this.note(state.id, user);
    return Math.max(0, waitMs);
  }

  /** Somebody wrote now, or too fast for the clerk. */
  note(room: string, user: string): void {
    const key = `${room}/${user}`;
    this.#posts.delete(key);
    this.#posts.set(key, this.#elapsed());
    if (this.#posts.size > remembered) this.#posts.delete(this.#posts.keys().next().value!);
  }
}
