import type { PresenceStatus } from '@parley/protocol';
import styles from './Avatar.module.css';
import { initials, nameColor } from './name.ts';

export interface AvatarProps {
  id: string;
  name: string;
  /** In the smallest there is room for one letter. */
  size?: 'md' | 'sm' | 'xs' | 'xxs' | undefined;
}

/** A rounded square with two letters in the person's colour; decoration, the name stands beside it. */
export function Avatar({ id, name, size = 'md' }: AvatarProps) {
  return (
    <span className={`${styles.av} ${styles[size]} ${nameColor(id)}`} aria-hidden="true">
      {initials(name, size === 'xxs' ? 1 : 2)}
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
