import type { Reader } from '@parley/client';
import { memo } from 'react';
import { Avatar } from '../ui/Avatar.tsx';
import styles from './Readers.module.css';
import { namesOf } from './readers.ts';

const faces = 5;
const names = 12;

/** Who has read up to a row, on its lower edge: the row is as high with them as without. */
export const ReadersView = memo(function ReadersView({ readers }: { readers: readonly Reader[] }) {
  const shown = readers.slice(0, faces);
  const words = `Read by ${namesOf(readers, names)}`;
  return (
    <p className={styles.readers} data-tip={words} data-readers={readers.length}>
      <span className="sr">{words}</span>
      {readers.length > faces && (
        <span className={styles.more} aria-hidden="true">
          +{readers.length - faces}
        </span>
      )}
      {shown.map(({ user, name }) => (
        <Avatar key={user} id={user} name={name} size="xxs" />
      ))}
    </p>
  );
});
