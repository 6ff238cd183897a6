import type { Client, RoomSummary } from '@parley/client';
import CircleAlert from 'lucide-react/icons/circle-alert';
import MicOff from 'lucide-react/icons/mic-off';
import Pencil from 'lucide-react/icons/pencil';
import { memo } from 'react';
import { hashOf } from '../route.ts';
import { UnreadBadge } from '../ui/Badge.tsx';
import { roomKey, roomName } from '../ui/name.ts';
import { ServerLabel } from '../ui/ServerLabel.tsx';
import { PersonSign } from './PersonSign.tsx';
import styles from './RoomList.module.css';

/** One room. Rows keep their place and their height; only weight and badge tell what is new. */
export const RoomRow = memo(function RoomRow(props: {
  client: Client;
  summary: RoomSummary;
  selected: boolean;
  failed: boolean;
}) {
  const { client, summary, selected, failed } = props;
  const { view, server, unread, mentions, draft } = summary;
  const isNew = !selected && (unread > 0 || mentions > 0);
  const muted = view.me.mutedUntil !== undefined;
  return (
    <li className={styles.item}>
      <a
        className={`${styles.row} ${isNew ? styles.unread : ''} ${selected ? styles.selected : ''}`}
        href={hashOf({ at: 'room', room: roomKey(summary) })}
        aria-current={selected ? 'page' : undefined}
        data-row
        tabIndex={selected ? 0 : -1}
        title={view.title || undefined}
      >
        {view.direct ? (
          <PersonSign client={client} view={view} />
        ) : (
          <span className={styles.sign} aria-hidden="true">
            #
          </span>
        )}
        <span className={styles.name}>
          <bdi>{roomName(view)}</bdi>
          {server && (
            <ServerLabel
              server={server}
              before={view.direct ? '' : ':'}
              className={`${styles.server} ${view.direct ? styles.apart : ''}`}
            />
          )}
        </span>
        {failed && (
          <span className={styles.bad}>
            <CircleAlert />
            <span className="sr">not sent</span>
          </span>
        )}
        {muted && (
          <span className={styles.mild}>
            <MicOff />
            <span className="sr">you are muted</span>
          </span>
        )}
        {draft && !selected && (
          <span className={styles.mild}>
            <Pencil />
            <span className="sr">draft kept</span>
          </span>
        )}
        {!selected && <UnreadBadge unread={unread} mentions={mentions} />}
      </a>
    </li>
  );
});
