import type { Client } from '@parley/client';
import Compass from 'lucide-react/icons/compass';
import Hash from 'lucide-react/icons/hash';
import MessageSquarePlus from 'lucide-react/icons/message-square-plus';
import type { ComponentType } from 'react';
import { useShownKeys } from '../service/services.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { Mark } from '../ui/Mark.tsx';
import { useReadable } from '../ui/useReadable.ts';
import { useShell } from './actions.ts';
import styles from './EmptyRooms.module.css';

/** Nobody has a room at first. */
export function EmptyRooms({ client, guest }: { client: Client; guest: boolean }) {
  const status = useReadable(client.status);
  const rooms = useReadable(client.rooms);
  if (rooms.length > 0 || status.state !== 'online') return <main className={styles.main} />;
  return (
    <main className={styles.main}>
      <div className={styles.empty}>
        <Mark className={styles.mark} />
        <h1>Nobody is waiting for you. Good.</h1>
        <p>Start with one person or one room; the rest finds you.</p>
        <Todo guest={guest} />
      </div>
    </main>
  );
}

/** What to do without a room. */
export function Todo({ guest }: { guest: boolean }) {
  const shell = useShell();
  return (
    <ul className={styles.todo}>
      {!guest && (
        <Step
          icon={MessageSquarePlus}
          title="Write to someone"
          about="By their name, here or on another server"
          keys="alt+n"
          run={() => shell.open('write')}
        />
      )}
      <Step
        icon={Compass}
        title="Find a room"
        about="All public rooms of a server, or one by its name"
        keys="alt+j"
        run={() => shell.open('browse')}
      />
      {!guest && (
        <Step
          icon={Hash}
          title="Open a room of your own"
          about="Public, or for those you invite"
          keys="alt+shift+n"
          run={() => shell.open('create')}
        />
      )}
    </ul>
  );
}

function Step(props: { icon: ComponentType; title: string; about: string; keys: string; run(): void }) {
  const { icon: Icon, title, about, keys, run } = props;
  const shown = useShownKeys();
  return (
    <li>
      <button type="button" onClick={run}>
        <Icon />
        <span>
          <b>{title}</b>
          <span>{about}</span>
        </span>
        <Kbd keys={shown(keys)} />
      </button>
    </li>
  );
}
