/** The room list: head with the server, a way to jump, sections of rooms, and oneself at the foot. */
import type { Client, OutboxRow } from '@parley/client';
import type { SignedIn } from '@parley/protocol';
import Search from 'lucide-react/icons/search';
import SquarePen from 'lucide-react/icons/square-pen';
import { useDeferredValue, useMemo } from 'react';
import type { KeyMail } from '../keys/key-mail.ts';
import { useShownKeys } from '../service/services.tsx';
import { IconButton } from '../ui/Button.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { useReadable } from '../ui/useReadable.ts';
import { AccountMenu } from './AccountMenu.tsx';
import { useShell } from './actions.ts';
import { ChannelSection } from './ChannelSection.tsx';
import { ConnectionBar } from './ConnectionBar.tsx';
import { Todo } from './EmptyRooms.tsx';
import { Invitations } from './Invitations.tsx';
import { KeySection } from './KeySection.tsx';
import { ListSection } from './ListSection.tsx';
import { NoticeBar } from './NoticeBar.tsx';
import { ResizeHandle } from './ResizeHandle.tsx';
import styles from './RoomList.module.css';
import { ServerMenu } from './ServerMenu.tsx';
import type { Section } from './sections.ts';
import { useRoving } from './useRoving.ts';

export function RoomList(props: {
  client: Client;
  me: SignedIn;
  sections: readonly Section[];
  hidden: ReadonlySet<string>;
  /** Id of the room that is open. */
  current: string | undefined;
  /** Name of the channel that is open. */
  channel: string | undefined;
  mail: KeyMail | undefined;
  /** The key that is open; `home` for one's own. */
  keyAt: string | undefined;
  /** It is the one visible screen. */
  alone: boolean;
  /** Another screen covers it: it stays as it was, unseen. */
  away: boolean;
}) {
  const { client, me, hidden, current, channel, mail, keyAt, alone, away } = props;
  // Hundreds of rows give way to the room beside them: to its first paint, and to what is typed there.
  const sections = useDeferredValue(props.sections);
  const shell = useShell();
  const shown = useShownKeys();
  const outbox = useReadable(client.outbox);
  const failed = useMemo(() => roomsThatFailed(outbox), [outbox]);
  const roving = useRoving();
  const guest = me.kind === 'guest';
  const Frame = alone ? 'main' : 'nav';
  const heading = alone ? 'h2' : 'h3';
  return (
    <Frame className={`${styles.list} ${away ? styles.away : ''}`} aria-label="Rooms">
      <div className={styles.head}>
        <ServerMenu client={client} me={me} level={alone ? 1 : 2} />
        {!guest && (
          <IconButton label="Write to someone" keys={shown('alt+n')} onClick={() => shell.open('write')}>
            <SquarePen />
          </IconButton>
        )}
      </div>
      <button
        type="button"
        className={styles.jump}
        onClick={() => shell.open('switcher')}
        aria-keyshortcuts="Control+K"
      >
        <Search />
        <span>Jump to…</span>
        <Kbd keys={shown('mod+k')} />
      </button>
      <div className={styles.body} {...roving}>
        {alone && <NoticeBar client={client} />}
        {alone && <ConnectionBar client={client} />}
        <Invitations client={client} hidden={hidden} heading={heading} />
        {sections.map((section) => (
          <ListSection
            key={section.name}
            client={client}
            section={section}
            current={current}
            failed={failed}
            heading={heading}
          />
        ))}
        <ChannelSection client={client} current={channel} heading={heading} />
        {mail && <KeySection mail={mail} current={keyAt} heading={heading} />}
        {sections.length === 0 && <NoRooms client={client} alone={alone} guest={guest} />}
      </div>
      <AccountMenu client={client} me={me} />
      <ResizeHandle />
    </Frame>
  );
}

function NoRooms({ client, alone, guest }: { client: Client; alone: boolean; guest: boolean }) {
  const status = useReadable(client.status);
  if (status.state !== 'online') return null;
  return (
    <>
      <p className={styles.none}>Rooms appear here once you are in them.</p>
      {alone && <Todo guest={guest} />}
    </>
  );
}

const roomsThatFailed = (outbox: readonly OutboxRow[]): ReadonlySet<string> =>
  new Set(outbox.filter(({ state }) => state === 'failed').map(({ room }) => room));
