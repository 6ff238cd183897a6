/** Talks with keys, under the rooms; as soon as one has a key or has begun to write to one. */
import KeyRound from 'lucide-react/icons/key-round';
import { type KeyMail, shortAddress } from '../keys/key-mail.ts';
import { hashOf } from '../route.ts';
import { UnreadBadge } from '../ui/Badge.tsx';
import { useReadable } from '../ui/useReadable.ts';
import styles from './RoomList.module.css';

export interface KeySectionProps {
  mail: KeyMail;
  /** The address that is open; `home` for one's own. */
  current: string | undefined;
  heading: 'h2' | 'h3';
}

export function KeySection({ mail, current, heading: Heading }: KeySectionProps) {
  const own = useReadable(mail.own);
  const talks = useReadable(mail.talks);
  if (!own && talks.length === 0) return null;
  const row = (at: string | undefined, label: string, unread: number) => {
    const isCurrent = current === (at ?? 'home');
    return (
      <li key={at ?? 'home'} className={styles.item}>
        <a
          className={`${styles.row} ${isCurrent ? styles.selected : ''}`}
          href={hashOf(at === undefined ? { at: 'key' } : { at: 'key', key: at })}
          aria-current={isCurrent ? 'page' : undefined}
          data-row
          tabIndex={isCurrent ? 0 : -1}
        >
          <span className={styles.sign} aria-hidden="true">
            <KeyRound />
          </span>
          <span className={styles.name}>
            <bdi>{label}</bdi>
          </span>
          <UnreadBadge unread={unread} mentions={0} />
        </a>
      </li>
    );
  };
  return (
    <section className={styles.section}>
      <Heading className={styles.plain}>To your key</Heading>
      <ul>
        {row(undefined, 'Your address', 0)}
        {talks.map(({ address, name, unread }) => row(address, name ?? shortAddress(address), unread))}
      </ul>
    </section>
  );
}
