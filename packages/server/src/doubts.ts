/**
 * A server cannot know that it runs on an old backup. The log of a room with members elsewhere is in doubt after every
 * start, until all their servers have said that they hold no more of it; what is appended before begins a new term, so that
 * one place in a log never has two entries. Once one log proves to have lost its end, all of them are in doubt.
 */
import { participants } from '@parley/room';
import type { LoadedRoom } from './loaded-room.ts';
import { Lru } from './lru.ts';

/** Rooms that are remembered; one that is forgotten begins a term more. */
const mostRooms = 100_000;

export class Doubts {
  readonly #id: string;
  #sure = new Lru<string, true>(mostRooms);
  #restored = false;
  /** Whether a server has said where it stands in a room. */
  #hasSaid: (room: string, server: string) => boolean = () => false;

  /** @param id this server */
  constructor(id: string) {
    this.#id = id;
  }

  listen(hasSaid: (room: string, server: string) => boolean): void {
    this.#hasSaid = hasSaid;
  }

  /** Whether this server writes the log of a room. */
  keeps({ archive, state }: Pick<LoadedRoom, 'archive' | 'state'>): boolean {
    return !archive && state.clerk === this.#id;
  }

  isUnsure(room: LoadedRoom): boolean {
    if (!this.keeps(room) || room.openedTerm || this.#sure.get(room.id)) return false;
    if (this.#restored) return true;
    for (const server of participants(room.state).keys())
      if (server !== this.#id && !this.#hasSaid(room.id, server)) return true;
    this.resolve(room.id);
    return false;
  }

  /** Nobody holds more of a room, or a new term stands in its log. */
  resolve(room: string): void {
    this.#sure.set(room, true);
  }

  /** This server is a restored one. */
  restored(): void {
    if (this.#restored) return;
    this.#restored = true;
    this.#sure = new Lru(mostRooms);
  }
}
