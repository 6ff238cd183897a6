import type { Client } from '@parley/client';
import Bot from 'lucide-react/icons/bot';
import Command from 'lucide-react/icons/command';
import KeyRound from 'lucide-react/icons/key-round';
import { shortAddress } from '../keys/key-mail.ts';
import { PersonSign } from '../shell/PersonSign.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { UnreadBadge } from '../ui/Badge.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { handleOf, type PlacedRoom, roomName, shownName } from '../ui/name.ts';
import { ServerLabel } from '../ui/ServerLabel.tsx';
import { countOf } from '../ui/time.ts';
import type { Hit } from './hits.ts';
import { match } from './match.ts';
import styles from './Switcher.module.css';

export function HitRow({ client, hit, query }: { client: Client; hit: Hit; query: string }) {
  switch (hit.type) {
    case 'room':
      return (
        <>
          {hit.summary.view.direct ? <PersonSign client={client} view={hit.summary.view} /> : <Sign />}
          <RoomLabel room={hit.summary} query={query} />
          <UnreadBadge unread={hit.summary.unread} mentions={hit.summary.mentions} />
        </>
      );
    case 'public':
      return (
        <>
          <Sign />
          <RoomLabel room={hit.room} query={query} />
          <span className={styles.more}>{countOf(hit.room.view.members)} people</span>
        </>
      );
    case 'address':
      return (
        <>
          <Sign />
          <bdi className={styles.name}>
            Go to <b>{hit.label}</b>
          </bdi>
          <span className={styles.more}>if it is there</span>
        </>
      );
    case 'channel':
      return (
        <>
          <Sign sign="~" />
          <bdi className={styles.name}>
            <b>
              <Marked text={hit.name} query={query} />
            </b>
          </bdi>
          <span className={styles.more}>{hit.isNew ? 'listen to it' : 'you listen to it'}</span>
        </>
      );
    case 'key':
      return (
        <>
          <span className={styles.sign}>
            <KeyRound />
          </span>
          <bdi className={styles.name}>
            Write to <b>{shortAddress(hit.address)}</b>
          </bdi>
          <span className={styles.more}>encrypted to it, and kept nowhere</span>
        </>
      );
    case 'person': {
      const name = shownName(hit.person);
      return (
        <>
          {hit.person.kind === 'bot' ? (
            <span className={styles.sign}>
              <Bot />
            </span>
          ) : (
            <Avatar id={hit.person.id} name={name} size="sm" />
          )}
          <bdi className={styles.name}>
            <b>
              <Marked text={name} query={query} />
            </b>
          </bdi>
          <span className={styles.more}>@{handleOf(client, hit.person)}</span>
        </>
      );
    }
    case 'command':
      return (
        <>
          <span className={styles.sign}>
            <Command />
          </span>
          <span className={hit.command.slash ? styles.slash : styles.name}>
            <Marked text={hit.command.label} query={query} />
            {hit.command.slash && <span className={styles.title}>{hit.command.slash.arguments.toLowerCase()}</span>}
          </span>
          {hit.command.slash && <span className={styles.about}>{hit.command.slash.about}</span>}
          {hit.command.keys && <Kbd keys={hit.command.keys} />}
        </>
      );
  }
}

const Sign = ({ sign = '#' }: { sign?: string }) => (
  <span className={styles.sign} aria-hidden="true">
    {sign}
  </span>
);

function RoomLabel({ room, query }: { room: PlacedRoom; query: string }) {
  const { view, server } = room;
  const title = view.direct ? `@${view.direct.person.name}` : view.title;
  return (
    <bdi className={styles.name}>
      <b>
        <Marked text={roomName(view)} query={query} />
      </b>
      {server && <ServerLabel server={server} before=":" />}
      {title && (
        <span className={styles.title}>
          <Marked text={title} query={query} />
        </span>
      )}
    </bdi>
  );
}

function Marked({ text, query }: { text: string; query: string }) {
  const hit = query ? match(text, query) : undefined;
  if (!hit || hit.length === 0) return text;
  const end = hit.at + hit.length;
  return (
    <>
      {text.slice(0, hit.at)}
      <mark>{text.slice(hit.at, end)}</mark>
      {text.slice(end)}
    </>
  );
}
