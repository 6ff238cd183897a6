/** The view of a room with as many members as there are by the latest that was told: a view, or an entry after it. */
import type { Position, RawEntry, RoomView } from '@parley/protocol';

const moves = new Set<unknown>(['join', 'leave', 'kick', 'ban']);

const isBefore = (a: Position, b: Position): boolean => a.term < b.term || (a.term === b.term && a.seq < b.seq);

export class CountedView {
  #view: RoomView;
  /** Up to here the number of members is known. */
  #counted: Position;

  constructor(view: RoomView) {
    this.#view = view;
    this.#counted = view.head;
  }

  get(): RoomView {
    return this.#view;
  }

  /** What a sync says is so. */
  follow(view: RoomView): void {
    this.#view = view;
    this.#counted = view.head;
  }

  /** Takes a view that may have been made before the latest entries, or even before the present one. */
  changed(view: RoomView): void {
    if (isBefore(view.head, this.#view.head)) return;
    if (isBefore(view.head, this.#counted)) this.#view = { ...view, members: this.#view.members };
    else this.follow(view);
  }

  /** Takes entries that were applied. False when somebody came or went and none says how many there are now. */
  applied(entries: readonly RawEntry[]): boolean {
    const last = entries.findLast((entry) => entry.kind === 'member' && moves.has(changeOf(entry)));
    if (!last || !isBefore(this.#counted, last)) return true;
    if (last.members === undefined) return false;
    this.#counted = { term: last.term, seq: last.seq };
    this.#view = { ...this.#view, members: last.members };
    return true;
  }
}

const changeOf = ({ data }: RawEntry): unknown => (data as { change?: unknown } | undefined)?.change;
