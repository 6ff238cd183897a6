import type { Client } from '@parley/client';
import CircleHelp from 'lucide-react/icons/circle-question-mark';
import SettingsIcon from 'lucide-react/icons/settings';
import { hashOf, type Route } from '../route.ts';
import { useShownKeys } from '../service/services.tsx';
import { IconButton } from '../ui/Button.tsx';
import { useShell } from './actions.ts';
import styles from './Rail.module.css';
import { useServerName } from './useServerName.ts';

/** The one server, and at its foot help and settings. */
export function Rail({ client, route }: { client: Client; route: Route }) {
  const shell = useShell();
  const shown = useShownKeys();
  const name = useServerName(client);
  return (
    <nav className={styles.rail} aria-label="Server">
      <a className={styles.server} href={hashOf({ at: 'home' })} data-tip={name} aria-current="true">
        <span aria-hidden="true">{name.slice(0, 1)}</span>
        <span className="sr">{name}</span>
      </a>
      <span className="fill" />
      <IconButton label="Shortcuts and help" keys="?" onClick={() => shell.open('help')}>
        <CircleHelp />
      </IconButton>
      <a
        className={styles.settings}
        href={hashOf({ at: 'settings', page: 'profile' })}
        aria-label="Settings"
        aria-current={route.at === 'settings' ? 'page' : undefined}
        data-tip="Settings"
        data-tip-keys={shown('mod+,')}
      >
        <SettingsIcon />
      </a>
    </nav>
  );
}
