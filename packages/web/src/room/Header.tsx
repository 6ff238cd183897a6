import type { Client, Room } from '@parley/client';
import type { RoomView } from '@parley/protocol';
import ChevronLeft from 'lucide-react/icons/chevron-left';
import EllipsisVertical from 'lucide-react/icons/ellipsis-vertical';
import Pin from 'lucide-react/icons/pin';
import Users from 'lucide-react/icons/users';
import type { Pane } from '../route.ts';
import { PersonSign } from '../shell/PersonSign.tsx';
import { IconButton } from '../ui/Button.tsx';
import { MenuButton } from '../ui/Menu.tsx';
import type { MenuItem } from '../ui/menu.ts';
import { roomName, roomTag } from '../ui/name.ts';
import { ServerLabel } from '../ui/ServerLabel.tsx';
import { countOf } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import styles from './RoomScreen.module.css';

export interface HeaderProps {
  client: Client;
  room: Room;
  pane: Pane | undefined;
  onPane(pane: Pane | undefined): void;
  onBack(): void;
  menu(): readonly MenuItem[];
}

/** What the room is, who is in it, and everything else in one menu. */
export function Header({ client, room, pane, onPane, onBack, menu }: HeaderProps) {
  const { view, server } = useReadable(room.summary);
  const count = view.members;
  const toggle = (which: Pane) => onPane(pane === which ? undefined : which);
  const members = `${countOf(count)} ${count === 1 ? 'member' : 'members'}`;
  const named = view.alias !== undefined && view.title !== '' && view.title.toLowerCase() !== view.alias;
  return (
    <header className={styles.bar}>
      <IconButton label="Back to rooms" className={styles.back ?? ''} onClick={onBack}>
        <ChevronLeft />
      </IconButton>
      <div className={styles.title}>
        <h1>
          {view.direct ? (
            <span className={styles.with}>
              <PersonSign client={client} view={view} />
            </span>
          ) : (
            <span className={styles.hash} aria-hidden="true">
              #
            </span>
          )}
          <span className={styles.name}>
            <bdi>{roomName(view)}</bdi>
            {server && (
              <ServerLabel
                server={server}
                before={view.direct ? '' : ':'}
                className={view.direct ? (styles.apart ?? '') : ''}
                marked
              />
            )}
          </span>
        </h1>
        <p className={styles.topic} dir="auto" data-tip={view.topic || undefined}>
          {named && <bdi className={styles.roomTitle}>{view.title}</bdi>}
          {view.direct ? aboutOf(view.direct) : view.topic.replace(/\s+/g, ' ')}
        </p>
      </div>
      {!view.direct && (
        <button
          type="button"
          className={styles.chip}
          aria-label={members}
          aria-pressed={pane === 'members'}
          data-tip="Members"
          onClick={() => toggle('members')}
        >
          <Users aria-hidden="true" />
          <span>{countOf(count)}</span>
        </button>
      )}
      <IconButton
        label="Pinned messages"
        className={styles.optional ?? ''}
        aria-pressed={pane === 'pins'}
        onClick={() => toggle('pins')}
      >
        <Pin />
      </IconButton>
      <MenuButton
        label={roomTag({ view, server })}
        items={menu}
        trigger={(props) => (
          <IconButton label="Room menu" {...props}>
            <EllipsisVertical />
          </IconButton>
        )}
      />
    </header>
  );
}

/** By what other name one writes to them, and whether they are there. */
function aboutOf({ person, membership }: NonNullable<RoomView['direct']>): string {
  if (membership === 'invited') return 'has not accepted yet';
  if (membership === 'none') return 'is not here';
  return person.display && person.display !== person.name ? `@${person.name}` : '';
}
