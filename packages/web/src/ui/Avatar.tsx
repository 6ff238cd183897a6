import type { PresenceStatus } from '@parley/protocol';
import styles from './Avatar.module.css';
import { initials, nameColor } from './name.ts';

/** A rounded square with two letters in the person's colour; decoration, the name stands beside it. */
export function Avatar({ id, name, size = 'md' }: { id: string; name: string; size?: 'md' | 'sm' | 'xs' | undefined }) {
  return (
    <span className={`${styles.av} ${styles[size]} ${nameColor(id)}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** The avatar with presence: full = online, half = away, ring = offline; the shape tells, not only the colour. */
export function AvatarWithPresence(props: {
  id: string;
  name: string;
  size?: 'md' | 'sm' | undefined;
  status: PresenceStatus | undefined;
}) {
  const { status, ...avatar } = props;
  return (
    <span className={styles.withPresence}>
      <Avatar {...avatar} />
      {status && (
        <span className={`${styles.presence} ${styles[status]}`}>
          <span className="sr">{status}</span>
        </span>
      )}
    </span>
  );
}
