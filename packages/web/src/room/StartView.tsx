import type { RoomView } from '@parley/protocol';
import Info from 'lucide-react/icons/info';
import Pencil from 'lucide-react/icons/pencil';
import UserPlus from 'lucide-react/icons/user-plus';
import { roomName } from '../ui/name.ts';
import { dayName, timeOf } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import { useRoomContext } from './context.ts';
import { durationInWords } from './list.ts';
import { may } from './may.ts';
import styles from './Timeline.module.css';

/** The first page of the room: what it is, who can read it, and what one could do first. */
export function StartView() {
  const { room, openSettings, openInvite } = useRoomContext();
  const view = useReadable(room.summary, (summary) => summary.view);
  const now = Date.now();
  const day = dayName(view.createdAt, now);
  const invites = may(view, 'invite');
  const names = may(view, 'manage-info') && view.topic === '';
  return (
    <div className={styles.start}>
      <p className={styles.folio} aria-hidden="true">
        № 1
      </p>
      <h2>
        {view.direct ? 'The first page with ' : 'The first page of #'}
        <bdi>{roomName(view)}</bdi>
      </h2>
      <p>
        {`Opened ${day === 'Today' || day === 'Yesterday' ? day.toLowerCase() : `on ${day}`} at ${timeOf(view.createdAt)}. ${readersOf(view)} ${keepingOf(view)}`}
      </p>
      {(invites || names) && (
        <ul className={styles.todo}>
          {invites && (
            <li>
              <button type="button" tabIndex={-1} onClick={openInvite}>
                <UserPlus aria-hidden="true" />
                <span>
                  <b>Invite people</b>
                  <span>By their name, here or on another server</span>
                </span>
              </button>
            </li>
          )}
          {names && (
            <li>
              <button type="button" tabIndex={-1} onClick={openSettings}>
                <Pencil aria-hidden="true" />
                <span>
                  <b>Say what it is for</b>
                  <span>A topic helps people decide to stay</span>
                </span>
              </button>
            </li>
          )}
        </ul>
      )}
      <p className={styles.plain}>
        <Info aria-hidden="true" />
        {view.direct
          ? 'Your servers can read what you two write here.'
          : 'The server that keeps this room can read what is written here.'}
      </p>
    </div>
  );
}

function readersOf(view: RoomView): string {
  if (view.direct) return 'Only you two can ever be here.';
  const who = {
    'since-join': 'Members read what is written from when they join.',
    all: 'Members read everything from the start.',
    world: 'Anybody can read it, without joining.',
  }[view.history];
  const enter = { public: 'Anybody may join.', invite: 'One needs an invitation.', knock: 'One asks to be let in.' }[
    view.joinRule
  ];
  return `${enter ?? ''} ${who ?? ''}`.trim();
}

function keepingOf(view: { retentionDays?: number | undefined }): string {
  if (view.retentionDays === undefined) return '';
  if (view.retentionDays === 0) return 'Nothing is kept on disk.';
  return `Messages are kept for ${durationInWords(view.retentionDays * 86_400_000)}.`;
}
