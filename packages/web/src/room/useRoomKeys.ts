import type { Pane } from '../route.ts';
import { useKey } from '../service/services.tsx';
import type { RoomContextValue } from './context.ts';

/** Keys of the open room. Those of a chosen message act in its row; here they stand for the help. */
export interface RoomKeyOptions {
  pane: Pane | undefined;
  onPane(pane: Pane | undefined): void;
}

export function useRoomKeys(context: RoomContextValue, { pane, onPane }: RoomKeyOptions): void {
  const group = 'In a room';
  useKey('Escape', () => onPane(undefined), { enabled: pane !== undefined });
  useKey('alt+m', () => onPane(pane === 'members' ? undefined : 'members'), { about: 'Members', group });
  useKey('alt+u', () => context.jump('first-unread'), { about: 'First unread message', group });
  useKey('alt+End', () => context.jump('newest'), { about: 'Newest message', group });
  useKey('alt+g', () => openDates(context), { about: 'Jump to a date', group });
  const chosen = 'On a message, chosen with ↑ and ↓';
  useKey('+', letThrough, { about: 'React', group: chosen });
  useKey('r', letThrough, { about: 'Reply', group: chosen });
  useKey('e', letThrough, { about: 'Edit', group: chosen });
  useKey('p', letThrough, { about: 'Pin or unpin', group: chosen });
  useKey('l', letThrough, { about: 'Copy its link', group: chosen });
  useKey('Delete', letThrough, { about: 'Delete, with a way back', group: chosen });
  useKey('.', letThrough, { about: 'Everything else', group: chosen });
}

const letThrough = () => false;

/** From the room's name, where no day divider was chosen. */
export function openDates(context: RoomContextValue): void {
  const anchor = document.querySelector<HTMLElement>('main header h1');
  if (anchor) context.openDates(Date.now(), anchor);
}
