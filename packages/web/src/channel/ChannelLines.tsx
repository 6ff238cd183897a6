/** What was heard in a channel since one listens: the end stays in view unless one has scrolled up. */
import type { Channel, ChannelSaid, Client } from '@parley/client';
import ArrowDown from 'lucide-react/icons/arrow-down';
import { type Ref, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import styles from '../room/Timeline.module.css';
import { useReadable } from '../ui/useReadable.ts';
import own from './Channel.module.css';
import { Gap, Said } from './LineView.tsx';
import { itemsOf } from './lines.ts';
import { useLineKeys } from './useLineKeys.ts';

export interface LinesHandle {
  toEnd(): void;
}

export interface ChannelLinesProps {
  client: Client;
  channel: Channel;
  handle: Ref<LinesHandle>;
  /** Says words again that were not said. */
  onAgain(line: ChannelSaid): void;
  /** A key that means where one writes. */
  onLeave(): void;
}

/** So near to the end one still follows it. */
const nearPx = 24;

export function ChannelLines({ client, channel, handle, onAgain, onLeave }: ChannelLinesProps) {
  const lines = useReadable(channel.lines);
  const items = useMemo(() => itemsOf(lines), [lines]);
  const scroller = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const [isAway, setAway] = useState(false);
  const toEnd = () => scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  useImperativeHandle(handle, () => ({ toEnd }));
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && atEnd.current && lines.length > 0) element.scrollTop = element.scrollHeight;
  }, [lines]);
  useLineKeys(scroller, onLeave);
  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight <= nearPx;
    setAway(!atEnd.current);
  };
  const last = items.at(-1)?.key;
  const name = `~${channel.name}`;
  return (
    <div className={styles.wrap}>
      <section
        ref={scroller}
        className={styles.scroller}
        aria-label={`Messages in ${name}`}
        data-timeline
        onScroll={onScroll}
      >
        {items.length === 0 && <p className={own.empty}>Nothing was said in {name} since you listen.</p>}
        <ol className={own.list}>
          {items.map((item) => (
            <li key={item.key} data-line tabIndex={item.key === last ? 0 : -1}>
              {item.type === 'gap' ? (
                <Gap client={client} line={item.line} />
              ) : (
                <Said client={client} channel={channel} line={item.line} head={item.head} onAgain={onAgain} />
              )}
            </li>
          ))}
        </ol>
      </section>
      {isAway && (
        <button type="button" className={styles.pill} onClick={toEnd}>
          <ArrowDown aria-hidden="true" />
          Newest
        </button>
      )}
    </div>
  );
}
