/** The lines of a talk: the end stays in view unless one has scrolled up. */
import type { Client } from '@parley/client';
import Check from 'lucide-react/icons/check';
import CircleAlert from 'lucide-react/icons/circle-alert';
import Clock from 'lucide-react/icons/clock';
import { memo, type Ref, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import own from '../channel/Channel.module.css';
import { LineWords } from '../channel/LineWords.tsx';
import { useLineKeys } from '../channel/useLineKeys.ts';
import { copyText } from '../room/clipboard.ts';
import { groupMs } from '../room/group.ts';
import styles from '../room/Row.module.css';
import timeline from '../room/Timeline.module.css';
import { Avatar } from '../ui/Avatar.tsx';
import { LinkButton } from '../ui/Button.tsx';
import { nameColor } from '../ui/name.ts';
import { fullTime, timeOf } from '../ui/time.ts';
import { type KeyLine, type KeyMail, type KeyTalk, shortAddress } from './key-mail.ts';
import { notDelivered } from './words.ts';

export interface TalkHandle {
  toEnd(): void;
}

/** So near to the end one still follows it. */
const nearPx = 24;

export function TalkLines(props: {
  client: Client;
  mail: KeyMail;
  address: string;
  talk: KeyTalk | undefined;
  handle: Ref<TalkHandle>;
  onLeave(): void;
  onAgain(text: string): void;
}) {
  const { client, mail, address, talk, handle, onLeave, onAgain } = props;
  const lines = talk?.lines ?? [];
  const scroller = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  useImperativeHandle(handle, () => ({
    toEnd() {
      atEnd.current = true;
      scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    },
  }));
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && atEnd.current && lines.length > 0) element.scrollTop = element.scrollHeight;
  }, [lines]);
  useLineKeys(scroller, onLeave);
  const onScroll = () => {
    const element = scroller.current;
    if (element) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight <= nearPx;
  };
  const me = client.me.get();
  return (
    <div className={timeline.wrap}>
      <section
        ref={scroller}
        className={timeline.scroller}
        aria-label={`Messages with ${shortAddress(address)}`}
        data-timeline
        onScroll={onScroll}
      >
        {lines.length === 0 && <p className={own.empty}>Nothing was said since this page was opened.</p>}
        <ol className={own.list}>
          {lines.map((line, i) => (
            <li key={line.key} data-line tabIndex={i === lines.length - 1 ? 0 : -1}>
              <Line
                client={client}
                line={line}
                who={
                  line.mine
                    ? { id: me?.user ?? '', name: me?.display || me?.name || '' }
                    : { id: address, name: talk?.name ?? shortAddress(address) }
                }
                head={!follows(line, lines[i - 1])}
                onAgain={() => {
                  mail.discard(address, line.key);
                  onAgain(line.text);
                }}
                onDiscard={() => mail.discard(address, line.key)}
              />
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}

const follows = (line: KeyLine, before: KeyLine | undefined): boolean =>
  before !== undefined && before.mine === line.mine && Math.abs(line.at - before.at) <= groupMs;

interface LineProps {
  client: Client;
  line: KeyLine;
  who: { id: string; name: string };
  head: boolean;
  onAgain(): void;
  onDiscard(): void;
}

const Line = memo(
  function Line({ client, line, who, head, onAgain, onDiscard }: LineProps) {
    const { at, state, text } = line;
    const look = state === 'failed' ? styles.failed : state === 'sending' ? styles.pencil : '';
    return (
      <div className={head ? timeline.group : timeline.line}>
        <div data-ring className={`${styles.m} ${look}`} data-head={head || undefined}>
          {head ? <Avatar id={who.id} name={who.name} /> : <span aria-hidden="true" />}
          <div className={styles.main}>
            {head ? (
              <p className={styles.head}>
                <bdi className={`${styles.name} ${nameColor(who.id)}`}>{who.name}</bdi>
                <time className={styles.inlineTime}>{timeOf(at)}</time>
              </p>
            ) : (
              <span className="sr">{`${who.name}, ${timeOf(at)}. `}</span>
            )}
            <LineWords client={client} text={text} />
            {state === 'failed' && (
              <div className={styles.failure}>
                <p>{`Not delivered. ${notDelivered(line.code)}`}</p>
                <p className={styles.links}>
                  <LinkButton onClick={onAgain}>Try again</LinkButton>
                  <LinkButton onClick={() => void copyText(text)}>Copy</LinkButton>
                  <LinkButton onClick={onDiscard}>Discard</LinkButton>
                </p>
              </div>
            )}
          </div>
          <p className={styles.margin}>
            {line.mine && <State state={state} />}
            <time dateTime={new Date(at).toISOString()} data-tip={fullTime(at)}>
              {timeOf(at)}
            </time>
          </p>
        </div>
      </div>
    );
  },
  (a, b) =>
    a.line === b.line &&
    a.head === b.head &&
    a.client === b.client &&
    a.who.id === b.who.id &&
    a.who.name === b.who.name,
);

const words = { failed: 'Not delivered', sending: 'On its way', sent: 'Opened there' } as const;

const icons = { failed: <CircleAlert />, sending: <Clock />, sent: <Check /> } as const;

function State({ state }: { state: KeyLine['state'] }) {
  return (
    <span className={`${styles.state} ${styles[state]}`} data-tip={words[state]}>
      {icons[state]}
      <span className="sr">{words[state]}</span>
    </span>
  );
}
