import type { Client } from '@parley/client';
import type { SignedIn } from '@parley/protocol';
import ChevronDown from 'lucide-react/icons/chevron-down';
import CircleHelp from 'lucide-react/icons/circle-question-mark';
import Compass from 'lucide-react/icons/compass';
import Hash from 'lucide-react/icons/hash';
import Settings from 'lucide-react/icons/settings';
import Ticket from 'lucide-react/icons/ticket';
import Waypoints from 'lucide-react/icons/waypoints';
import { navigate } from '../route.ts';
import { MenuButton } from '../ui/Menu.tsx';
import { useShell } from './actions.ts';
import styles from './RoomList.module.css';
import { useServerName } from './useServerName.ts';

/** The server's name; what one can do on it. */
export function ServerMenu({ client, me, level }: { client: Client; me: SignedIn; level: 1 | 2 }) {
  const shell = useShell();
  const name = useServerName(client);
  const operator = me.serverRole !== 'user';
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <Heading className={styles.serverName}>
      <MenuButton
        label={name}
        align="start"
        items={() => [
          { label: 'Find or join a room', icon: Compass, run: () => shell.open('browse') },
          ...(me.kind === 'guest' ? [] : [{ label: 'Open a room', icon: Hash, run: () => shell.open('create') }]),
          ...(operator
            ? [
                {
                  label: 'Invite people to this server',
                  icon: Ticket,
                  run: () => navigate({ at: 'settings', page: 'invites' }),
                },
                {
                  label: 'Other servers',
                  icon: Waypoints,
                  run: () => navigate({ at: 'settings', page: 'federation' }),
                },
              ]
            : []),
          'separator',
          { label: 'Settings', icon: Settings, run: () => navigate({ at: 'settings', page: 'appearance' }) },
          { label: 'Shortcuts and help', icon: CircleHelp, keys: '?', run: () => shell.open('help') },
        ]}
        trigger={(props) => (
          <button type="button" className={styles.serverButton} {...props}>
            <span className={styles.serverMark} aria-hidden="true">
              {name.slice(0, 1)}
            </span>
            <b>{name}</b>
            <ChevronDown />
          </button>
        )}
      />
    </Heading>
  );
}
