/** Shortcuts of the shell, the title of the page, and what is remembered of where one was. */
import type { Client } from '@parley/client';
import { useEffect } from 'react';
import { shortAddress } from '../keys/key-mail.ts';
import { goBack, navigate, type Route } from '../route.ts';
import { useKey } from '../service/services.tsx';
import { roomKey, roomTag } from '../ui/name.ts';
import { useReadable } from '../ui/useReadable.ts';
import type { ShellActions } from './actions.ts';
import { neighbour, type Section } from './sections.ts';

const lastKey = 'parley.room';
export const lastRoom = (): string | null => localStorage.getItem(lastKey);

interface Around {
  client: Client;
  route: Route;
  /** Id of the room that is open. */
  current: string | undefined;
  sections: readonly Section[];
  actions: ShellActions;
  isPhone: boolean;
  guest: boolean;
}

export function useShellEffects({ client, route, current, sections, actions, isPhone, guest }: Around): void {
  const step = (by: 1 | -1, unread: boolean) => {
    const next = neighbour(sections, current, by, unread);
    if (next) navigate({ at: 'room', room: roomKey(next) }, { replace: isPhone });
  };
  const group = 'Rooms';
  useKey('mod+k', () => actions.open('switcher'), { about: 'Jump anywhere', group });
  useKey('alt+ArrowDown', () => step(1, false), { about: 'Next room', group });
  useKey('alt+ArrowUp', () => step(-1, false), { about: 'Previous room', group });
  useKey('alt+shift+ArrowDown', () => step(1, true), { about: 'Next unread room', group });
  useKey('alt+shift+ArrowUp', () => step(-1, true), { about: 'Previous unread room', group });
  useKey('alt+n', () => actions.open('write'), { about: 'Write to someone', group, enabled: !guest });
  useKey('alt+j', () => actions.open('browse'), { about: 'Find or join a room', group });
  useKey('alt+shift+n', () => actions.open('create'), { about: 'Open a room of your own', group, enabled: !guest });
  useKey('mod+,', () => navigate({ at: 'settings', page: 'profile' }), { about: 'Settings', group: 'Anywhere' });
  useKey('?', () => actions.open('help'), { about: 'These shortcuts', group: 'Anywhere' });
  useKey('Escape', () => goBack({ at: 'home' }), {
    enabled: route.at === 'settings',
    about: 'Close settings',
    group: 'Anywhere',
  });
  useTitle(client, route);
  useEffect(() => {
    if (current) localStorage.setItem(lastKey, current);
  }, [current]);
}

function placeOf(route: Route): string {
  if (route.at === 'channel') return `~${route.channel}`;
  if (route.at === 'key') return route.key === undefined ? 'Messages to a key' : shortAddress(route.key);
  return route.at === 'settings' ? 'Settings' : '';
}

function useTitle(client: Client, route: Route): void {
  const mentions = useReadable(client.rooms, (rooms) => rooms.reduce((sum, room) => sum + room.mentions, 0));
  const unread = useReadable(client.rooms, (rooms) => rooms.some((room) => room.unread > 0));
  const summary = route.at === 'room' ? client.room(route.room)?.summary.get() : undefined;
  const place = summary ? roomTag(summary) : placeOf(route);
  useEffect(() => {
    const count = mentions > 0 ? `(${mentions}) ` : unread ? '• ' : '';
    document.title = `${count}${place ? `${place} – ` : ''}Parley`;
  }, [mentions, unread, place]);
}
