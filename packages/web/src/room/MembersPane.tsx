import type { Client, Room } from '@parley/client';
import type { MemberView, Role } from '@parley/protocol';
import MicOff from 'lucide-react/icons/mic-off';
import Search from 'lucide-react/icons/search';
import UserPlus from 'lucide-react/icons/user-plus';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { useWriteTo } from '../switcher/useWriteTo.ts';
import { AvatarWithPresence } from '../ui/Avatar.tsx';
import { Tag } from '../ui/Badge.tsx';
import { Button, IconButton } from '../ui/Button.tsx';
import { MenuButton } from '../ui/Menu.tsx';
import { handleOf, shownName } from '../ui/name.ts';
import { ServerLabel } from '../ui/ServerLabel.tsx';
import { countOf, dayKey, shortTime, timeOf } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import { useServerOf } from '../ui/useServerOf.ts';
import { BannedList } from './BannedList.tsx';
import { useRoomContext } from './context.ts';
import { KnockingList } from './KnockingList.tsx';
import { ModerateDialog, type Moderation } from './ModerateDialog.tsx';
import { may } from './may.ts';
import { memberMenu } from './memberMenu.ts';
import styles from './Pane.module.css';
import { Pane } from './Pane.tsx';
import { useMembers } from './useMembers.ts';
import { useModeration } from './useModeration.ts';

export interface MembersPaneProps {
  client: Client;
  room: Room;
  onClose(): void;
  onMention(name: string): void;
}

const sections: { role: Role; one: string; many: string }[] = [
  { role: 'owner', one: 'Owner', many: 'Owners' },
  { role: 'admin', one: 'Admin', many: 'Admins' },
  { role: 'moderator', one: 'Moderator', many: 'Moderators' },
  { role: 'member', one: 'Member', many: 'Members' },
  { role: 'guest', one: 'Guest', many: 'Guests' },
];

export function MembersPane({ client, room, onClose, onMention }: MembersPaneProps) {
  const { openInvite } = useRoomContext();
  const view = useReadable(room.summary, (summary) => summary.view);
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query.trim());
  const list = useMembers(client, room, wanted);
  const [moderation, setModeration] = useState<Moderation>();
  const write = useWriteTo(client);
  const isGuest = client.me.get()?.kind === 'guest';
  const moderate = useModeration(client, room, list.refresh);
  const row = (member: MemberView) => (
    <MemberRow
      key={member.person.id}
      client={client}
      room={room}
      member={member}
      menu={() =>
        memberMenu({
          member,
          handle: handleOf(client, member.person),
          view: room.summary.get().view,
          me: client.me.get()?.user,
          moderate,
          ask: setModeration,
          mention: onMention,
          write: isGuest ? undefined : () => write(member.person.id),
        })
      }
    />
  );
  return (
    <Pane
      title="Members"
      count={countOf(wanted === '' && list.total > 0 ? list.total : view.members)}
      onClose={onClose}
      actions={
        may(view, 'invite') && (
          <IconButton label="Invite" onClick={openInvite}>
            <UserPlus />
          </IconButton>
        )
      }
    >
      <label className={styles.find}>
        <Search aria-hidden="true" />
        <span className="sr">Find a member</span>
        <input
          type="search"
          placeholder="Find a member"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </label>
      {may(view, 'invite') && wanted === '' && <KnockingList client={client} room={room} />}
      {sections.map(({ role, one, many }) => {
        const found = list.members.filter((member) => member.role === role);
        if (found.length === 0) return null;
        return (
          <section key={role} aria-label={many}>
            <h3>
              {found.length === 1 ? one : many} <span>{found.length}</span>
            </h3>
            <ul>{found.map(row)}</ul>
          </section>
        );
      })}
      {list.members.length === 0 && !list.loading && !list.error && (
        <p className={styles.note}>Nobody here has a name that begins like this.</p>
      )}
      {list.loading && list.members.length === 0 && <p className={styles.note}>Loading…</p>}
      {list.error && (
        <p className={styles.note} role="alert">
          {list.error}{' '}
          <Button size="sm" onClick={list.refresh}>
            Try again
          </Button>
        </p>
      )}
      {list.more && <More onSeen={list.loadMore} count={list.members.length} />}
      {may(view, 'ban') && wanted === '' && <BannedList client={client} room={room} changed={list.total} />}
      <ModerateDialog moderation={moderation} moderate={moderate} onClose={() => setModeration(undefined)} />
    </Pane>
  );
}

/** Loads the next page when it comes in sight. */
function More({ onSeen, count }: { onSeen(): void; count: number }) {
  const place = useRef<HTMLParagraphElement>(null);
  const seen = useRef(onSeen);
  seen.current = onSeen;
  useEffect(() => {
    if (!place.current || count < 0) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) seen.current();
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [count]);
  return (
    <p ref={place} className={styles.note}>
      Loading more…
    </p>
  );
}

function MemberRow(props: {
  client: Client;
  room: Room;
  member: MemberView;
  menu: () => ReturnType<typeof memberMenu>;
}) {
  const { client, room, member, menu } = props;
  const { person } = member;
  const status = useReadable(room.presence, (present) => present.get(person.id)) ?? member.status;
  const isMe = client.me.get()?.user === person.id;
  const name = shownName(person);
  const server = useServerOf(client, person.id, person.server);
  const about = aboutOf(member);
  return (
    <li>
      <MenuButton
        label={name}
        items={menu}
        trigger={(trigger) => (
          <button type="button" className={styles.member} {...trigger}>
            <AvatarWithPresence id={person.id} name={name} size="sm" status={status} />
            <span className={styles.memberName}>
              <b>
                <bdi>{name}</bdi> {isMe && <span className="dim">you</span>}
              </b>
              {(server || about) && (
                <span>
                  {server && <ServerLabel server={server} marked />}
                  {server && about && ' · '}
                  {about}
                </span>
              )}
            </span>
            {person.kind === 'bot' && <Tag>bot</Tag>}
            {member.mutedUntil !== undefined && (
              <span className={styles.muted}>
                <MicOff aria-hidden="true" />
                <span className="sr">Muted</span>
              </span>
            )}
          </button>
        )}
      />
    </li>
  );
}

function aboutOf({ person, mutedUntil }: MemberView): string {
  const now = Date.now();
  const parts: string[] = [];
  if (mutedUntil === null) parts.push('muted');
  else if (mutedUntil !== undefined)
    parts.push(`muted until ${dayKey(mutedUntil) === dayKey(now) ? timeOf(mutedUntil) : shortTime(mutedUntil, now)}`);
  if (person.kind === 'imported') parts.push('imported');
  return parts.join(' · ');
}
