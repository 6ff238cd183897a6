import type { Pane } from '../route.ts';
import { useKey } from '../service/services.tsx';
import type { RoomContextValue } from './context.ts';

/** Keys of the open room. */
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
  useRowKeys();
}

/** In the help; the row of the chosen message acts on them. */
function useRowKeys(): void {
  const row = { group: 'On a message, chosen with ↑ and ↓', helpOnly: true };
  useKey('+', nothing, { about: 'React', ...row });
  useKey('r', nothing, { about: 'Reply', ...row });
  useKey('e', nothing, { about: 'Edit', ...row });
  useKey('p', nothing, { about: 'Pin or unpin', ...row });
  useKey('l', nothing, { about: 'Copy its link', ...row });
  useKey('Delete', nothing, { about: 'Delete, with a way back', ...row });
  useKey('.', nothing, { about: 'Everything else', ...row });
}
const nothing = () => undefined;

/** From the room's name, where no day divider was chosen. */
export function openDates(context: RoomContextValue): void {
  const anchor = document.querySelector<HTMLElement>('main header h1');
  if (anchor) context.openDates(Date.now(), anchor);
}
