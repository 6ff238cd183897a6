import type { Client, Status } from '@parley/client';
import type { SignedIn } from '@parley/protocol';
import ChevronUp from 'lucide-react/icons/chevrons-up-down';
import KeyRound from 'lucide-react/icons/key-round';
import Keyboard from 'lucide-react/icons/keyboard';
import Laptop from 'lucide-react/icons/laptop';
import LogOut from 'lucide-react/icons/log-out';
import SunMoon from 'lucide-react/icons/sun-moon';
import User from 'lucide-react/icons/user';
import { navigate, type SettingsPage } from '../route.ts';
import { AvatarWithPresence } from '../ui/Avatar.tsx';
import { MenuButton } from '../ui/Menu.tsx';
import type { MenuItem } from '../ui/menu.ts';
import { useReadable } from '../ui/useReadable.ts';
import { type ShellActions, useShell } from './actions.ts';
import styles from './RoomList.module.css';

const words: Record<Status['state'], string> = {
  online: 'Online',
  connecting: 'Connecting…',
  anonymous: 'Signing in…',
  offline: 'Offline',
  closed: 'Signed out',
};

/** Oneself at the foot of the list: how one stands, and what concerns one's account. */
export function AccountMenu({ client, me }: { client: Client; me: SignedIn }) {
  const shell = useShell();
  const status = useReadable(client.status);
  const name = me.display || me.name;
  return (
    <MenuButton
      label="Account"
      side="top"
      align="start"
      items={() => itemsOf(shell, me.kind === 'guest')}
      trigger={(props) => (
        <button type="button" className={styles.you} {...props}>
          <AvatarWithPresence
            id={me.user}
            name={name}
            size="sm"
            status={status.state === 'online' ? 'online' : 'offline'}
          />
          <span className={styles.youName}>
            <b>
              <bdi>{name}</bdi>
            </b>
            <span>{me.kind === 'guest' ? `Guest · ${words[status.state]}` : words[status.state]}</span>
          </span>
          <ChevronUp className={styles.youIcon} />
        </button>
      )}
    />
  );
}

function itemsOf(shell: ShellActions, guest: boolean): MenuItem[] {
  const page = (label: string, icon: typeof User, to: SettingsPage): MenuItem => ({
    label,
    icon,
    run: () => navigate({ at: 'settings', page: to }),
  });
  return [
    ...(guest ? [] : [page('Profile', User, 'profile')]),
    page('Sessions and keys', Laptop, 'sessions'),
    { label: 'Messages to a key', icon: KeyRound, run: () => navigate({ at: 'key' }) },
    page('Appearance', SunMoon, 'appearance'),
    { label: 'Shortcuts', icon: Keyboard, keys: '?', run: () => shell.open('help') },
    'separator',
    { label: guest ? 'Stop being a guest' : 'Sign out', icon: LogOut, run: shell.signOut },
  ];
}
