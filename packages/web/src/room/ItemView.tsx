import type { MessageRow } from '@parley/client';
import ChevronDown from 'lucide-react/icons/chevron-down';
import { memo } from 'react';
import { dayName } from '../ui/time.ts';
import { useRoomContext } from './context.ts';
import type { Item } from './group.ts';
import { MessageView } from './MessageView.tsx';
import { NoticesView, UnknownView } from './NoticeView.tsx';
import { StartView } from './StartView.tsx';
import styles from './Timeline.module.css';

/** What a row is called when it gets the focus: the id of its words. */
export const wordsId = (key: string): string => `row-${key.replace(/\s/g, '_')}`;

export const hasWords = ({ type }: Item): boolean => type === 'message' || type === 'notices' || type === 'unknown';

/** One item of the list. `shown`: one was led here. */
export const ItemView = memo(function ItemView(props: { item: Item; quoted: MessageRow | undefined; shown: boolean }) {
  const { item, quoted, shown } = props;
  switch (item.type) {
    case 'message':
      return (
        <div className={item.head ? styles.group : styles.line}>
          <MessageView item={item} quoted={quoted} shown={shown} id={wordsId(item.key)} />
        </div>
      );
    case 'notices':
      return (
        <div className={styles.notices}>
          <NoticesView item={item} shown={shown} id={wordsId(item.key)} />
        </div>
      );
    case 'unknown':
      return (
        <div className={styles.notices}>
          <UnknownView item={item} id={wordsId(item.key)} />
        </div>
      );
    case 'day':
      return <DayView at={item.at} />;
    case 'new':
      return (
        <div className={styles.newLine}>
          <span>New</span>
        </div>
      );
    case 'start':
      return <StartView />;
  }
});

function DayView({ at }: { at: number }) {
  const { openDates } = useRoomContext();
  return (
    <div data-ring className={styles.day}>
      <button
        type="button"
        tabIndex={-1}
        data-day
        data-tip="Jump to a date"
        onClick={(event) => openDates(at, event.currentTarget)}
      >
        {dayName(at, Date.now())}
        <ChevronDown aria-hidden="true" />
      </button>
    </div>
  );
}
