/** What the rows of a room need: who reads, and what can be done. One object for the life of the screen. */
import type { Client, MessageRow, ReactionGroup, Room } from '@parley/client';
import type { MessageRef } from '@parley/protocol';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { shownName } from '../ui/name.ts';
import type { Reader } from './fragment.ts';
import type { Office, Offices } from './offices.ts';

export interface RowActions {
  reply(row: MessageRow): void;
  edit(row: MessageRow): void;
  react(row: MessageRow, emoji: string): void;
  toggle(row: MessageRow, group: ReactionGroup): void;
  pickReaction(row: MessageRow, anchor: HTMLElement): void;
  openMenu(row: MessageRow, anchor: HTMLElement): void;
  openEdits(row: MessageRow): void;
  openDates(at: number, anchor: HTMLElement): void;
  remove(row: MessageRow): void;
  pin(row: MessageRow): void;
  copyLink(row: MessageRow): void;
  copyWords(row: MessageRow): void;
  retry(row: MessageRow): void;
  discard(row: MessageRow): void;
  openSettings(): void;
  openInvite(): void;
  jump(to: MessageRef | { seq: number } | { at: number } | 'newest' | 'first-unread'): void;
}

export interface RoomContextValue extends RowActions {
  client: Client;
  room: Room;
  me: string | undefined;
  reader: Reader;
  offices: Offices;
  active: ActiveRow;
}

export const RoomContext = createContext<RoomContextValue | undefined>(undefined);

export function useRoomContext(): RoomContextValue {
  const value = useContext(RoomContext);
  if (!value) throw new Error('RoomContext is missing');
  return value;
}

/** The name that a person chose to show, when it is known; `name` is what the server called them. */
export function nameOf(client: Client, user: string, name: string): string {
  const person = client.person(user);
  return person ? shownName(person) : name;
}

/** The office that somebody holds in this room. */
export function useOffice(user: string): Office | undefined {
  const { offices } = useRoomContext();
  return useSyncExternalStore(offices.subscribe, () => offices.of(user));
}

/** The one row under the pointer or with the focus: it alone has an action bar. Others do not draw again when it changes. */
export interface ActiveRow {
  get(): string | undefined;
  set(key: string | undefined): void;
  /** While a menu of the row is open it stays the active one. */
  hold(held: boolean): void;
  subscribe(listener: () => void): () => void;
}

export function createActiveRow(): ActiveRow {
  let active: string | undefined;
  let isHeld = false;
  const listeners = new Set<() => void>();
  return {
    get: () => active,
    set(key) {
      if (isHeld || key === active) return;
      active = key;
      for (const listener of listeners) listener();
    },
    hold(held) {
      isHeld = held;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export function useIsActive(key: string): boolean {
  const { active } = useRoomContext();
  return useSyncExternalStore(active.subscribe, () => active.get() === key);
}
