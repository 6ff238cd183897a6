import type { TimelineState } from '@parley/client';
import ArrowDown from 'lucide-react/icons/arrow-down';
import ArrowUp from 'lucide-react/icons/arrow-up';
import { countOf } from '../ui/time.ts';
import { useRoomContext } from './context.ts';
import styles from './Timeline.module.css';
import type { Place } from './usePlace.ts';

/** What leads to the newest and to the first unread message; there or not, nothing fades. */
export function Pills({ state, place, unread }: { state: TimelineState; place: Place; unread: number }) {
  const { jump } = useRoomContext();
  const fresh = state.atEnd ? place.fresh : unread;
  return (
    <>
      {place.newAbove && (
        <button type="button" className={`${styles.pill} ${styles.top}`} onClick={() => jump('first-unread')}>
          <ArrowUp aria-hidden="true" />
          First unread
        </button>
      )}
      {!place.atBottom && (
        <button type="button" className={styles.pill} onClick={() => jump('newest')}>
          <ArrowDown aria-hidden="true" />
          {fresh > 0 ? `${countOf(fresh)} new` : 'Newest'}
        </button>
      )}
    </>
  );
}
