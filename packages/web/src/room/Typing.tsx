import type { Client, Room } from '@parley/client';
import { useReadable } from '../ui/useReadable.ts';
import styles from './Composer.module.css';
import { nameOf } from './context.ts';
import { typingInWords } from './list.ts';

/** Who types. The line keeps its place when nobody does. */
export function Typing({ client, room }: { client: Client; room: Room }) {
  const typing = useReadable(room.typing);
  const words = typingInWords(typing.map(({ user, name }) => nameOf(client, user, name)));
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
