import type { Room } from '@parley/client';
import { useReadable } from '../ui/useReadable.ts';
import styles from './Composer.module.css';
import { typingInWords } from './list.ts';

/** Who types. The line keeps its place when nobody does. */
export function Typing({ room }: { room: Room }) {
  const typing = useReadable(room.typing);
  const words = typingInWords(typing.map(({ name }) => name));
  return (
    <p className={styles.typing}>
      {words && (
        <>
          <span className={styles.dots} aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span dir="auto">{words}</span>
        </>
      )}
    </p>
  );
}
