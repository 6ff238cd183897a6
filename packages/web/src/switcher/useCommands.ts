import type { Client } from '@parley/client';
import type { SignedIn } from '@parley/protocol';
import { useMemo } from 'react';
import { navigate, parseRoute, type SettingsPage } from '../route.ts';
import type { KeyBinding } from '../service/keys.ts';
import { useServices, useShownKeys } from '../service/services.tsx';
import { useShell } from '../shell/actions.ts';
import { roomTag } from '../ui/name.ts';
import type { Command } from './hits.ts';

const pages: [SettingsPage, string][] = [
  ['profile', 'Settings: profile and password'],
  ['privacy', 'Settings: privacy'],
  ['sessions', 'Settings: sessions and keys'],
  ['appearance', 'Settings: appearance'],
  ['shortcuts', 'Settings: shortcuts'],
];

/** Steps to a neighbour are for fingers, and the switcher is open already. */
const isCommand = ({ keys, helpOnly }: KeyBinding): boolean => !helpOnly && !/Arrow|Page|Escape|^mod\+k$/.test(keys);

/** Everything that has a key, what has none, and what can be begun where one writes. Taken when the switcher opens. */
export function useCommands(client: Client, me: SignedIn): readonly Command[] {
  const { keys, offers, preferences, toasts } = useServices();
  const shell = useShell();
  const shown = useShownKeys();
  return useMemo(() => {
    const bound = keys
      .list()
      .filter(isCommand)
      .map(({ about = '', keys: combination, run }): Command => {
        return { label: about, keys: shown(combination), run: () => void run(new KeyboardEvent('keydown')) };
      });
    const route = parseRoute(location.hash);
    const room = route.at === 'room' ? client.room(route.room) : undefined;
    const look = preferences.get();
    const others: Command[] = [
      ...(look.theme === 'dark' ? [] : [{ label: 'Dark theme', run: () => preferences.set({ theme: 'dark' }) }]),
      ...(look.theme === 'light' ? [] : [{ label: 'Light theme', run: () => preferences.set({ theme: 'light' }) }]),
      ...(look.theme === 'system'
        ? []
        : [{ label: 'Theme of the system', run: () => preferences.set({ theme: 'system' }) }]),
      look.density === 'compact'
        ? { label: 'Comfortable density', run: () => preferences.set({ density: 'comfortable' }) }
        : { label: 'Compact density', run: () => preferences.set({ density: 'compact' }) },
      ...pages.map(([page, label]): Command => ({ label, run: () => navigate({ at: 'settings', page }) })),
      ...(me.serverRole === 'user'
        ? []
        : [
            { label: 'Invite people to this server', run: () => navigate({ at: 'settings', page: 'invites' }) },
            { label: 'Other servers', run: () => navigate({ at: 'settings', page: 'federation' }) },
          ]),
      { label: 'Messages to a key', run: () => navigate({ at: 'key' }) },
      { label: me.kind === 'guest' ? 'Stop being a guest' : 'Sign out', run: shell.signOut },
    ];
    if (room) {
      const name = roomTag(room.summary.get());
      const copy = async () => {
        await navigator.clipboard?.writeText(location.href);
        toasts.show({ text: `Link to ${name} copied` });
      };
      if (navigator.clipboard) others.unshift({ label: `Copy the link to ${name}`, run: () => void copy() });
      others.unshift({ label: `Leave ${name}`, run: () => shell.leave(room.id) });
    }
    const slashes = offers.list().map((offer): Command => {
      const { name, aliases, about, begin } = offer;
      return {
        label: `/${name}`,
        names: [name, ...aliases, about],
        slash: { arguments: offer.arguments, about },
        run: begin,
      };
    });
    return [...bound, ...others, ...slashes].filter(
      ({ label }, at, all) => all.findIndex((other) => other.label === label) === at,
    );
  }, [client, me, keys, offers, preferences, toasts, shell, shown]);
}
