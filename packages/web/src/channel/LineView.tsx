/** One line of a channel: words, or what is missing. */
import type { Channel, ChannelGap, ChannelSaid, Client } from '@parley/client';
import { Refusal } from '@parley/protocol';
import CircleAlert from 'lucide-react/icons/circle-alert';
import Clock from 'lucide-react/icons/clock';
import Unplug from 'lucide-react/icons/unplug';
import { memo } from 'react';
import { copyText } from '../room/clipboard.ts';
import styles from '../room/Row.module.css';
import timeline from '../room/Timeline.module.css';
import { Avatar } from '../ui/Avatar.tsx';
import { LinkButton } from '../ui/Button.tsx';
import { explain } from '../ui/explain.ts';
import { nameColor } from '../ui/name.ts';
import { ServerLabel } from '../ui/ServerLabel.tsx';
import { fullTime, timeOf } from '../ui/time.ts';
import { useServerOf } from '../ui/useServerOf.ts';
import { LineWords } from './LineWords.tsx';
import { gapWords } from './lines.ts';

export interface SaidProps {
  client: Client;
  channel: Channel;
  line: ChannelSaid;
  head: boolean;
  onAgain(line: ChannelSaid): void;
}

export const Said = memo(function Said({ client, channel, line, head, onAgain }: SaidProps) {
  const { user, name, at, state, action } = line;
  const server = useServerOf(client, user, line.server);
  const look = state === 'failed' ? styles.failed : state === 'sending' ? styles.pencil : '';
  return (
    <div className={head ? timeline.group : timeline.line}>
      <div data-ring className={`${styles.m} ${look}`} data-head={head || undefined}>
        {head ? <Avatar id={user} name={name} /> : <span aria-hidden="true" />}
        <div className={styles.main}>
          {head && !action ? (
            <p className={styles.head}>
              <bdi className={`${styles.name} ${nameColor(user)}`}>{name}</bdi>
              {server && <ServerLabel server={server} className={styles.server ?? ''} />}
              <time className={styles.inlineTime}>{timeOf(at)}</time>
            </p>
          ) : (
            <span className="sr">{`${name}, ${timeOf(at)}. `}</span>
          )}
          <LineWords client={client} text={line.text} actor={action ? { user, name } : undefined} />
          {state === 'failed' && <Failure channel={channel} line={line} onAgain={onAgain} />}
        </div>
        <p className={styles.margin}>
          {state !== 'sent' && <State state={state} />}
          <time dateTime={new Date(at).toISOString()} data-tip={fullTime(at)}>
            {timeOf(at)}
          </time>
        </p>
      </div>
    </div>
  );
});

function State({ state }: { state: 'sending' | 'failed' }) {
  const words = state === 'failed' ? 'Not said' : 'Being said';
  return (
    <span className={`${styles.state} ${styles[state]}`} data-tip={words}>
      {state === 'failed' ? <CircleAlert /> : <Clock />}
      <span className="sr">{words}</span>
    </span>
  );
}

const failures = {
  'too-fast': 'Too much is being said at once. Wait a moment.',
  unavailable: 'There was no connection, or the answer was lost: it may have been heard.',
} as const;

function Failure({ channel, line, onAgain }: Pick<SaidProps, 'channel' | 'line' | 'onAgain'>) {
  return (
    <div className={styles.failure}>
      <p>{`Not said. ${line.code ? explain(new Refusal(line.code), failures) : ''}`}</p>
      <p className={styles.links}>
        <LinkButton onClick={() => onAgain(line)}>Say it again</LinkButton>
        <LinkButton onClick={() => void copyText(line.text)}>Copy</LinkButton>
        <LinkButton onClick={() => channel.discard(line.key)}>Discard</LinkButton>
      </p>
    </div>
  );
}

export const Gap = memo(function Gap({ client, line }: { client: Client; line: ChannelGap }) {
  return (
    <div className={timeline.notices}>
      <div data-ring className={styles.notice} data-tone="warn">
        <span className={styles.noticeIcon} aria-hidden="true">
          <Unplug />
        </span>
        <p dir="auto">{gapWords(line, (user, told) => client.servers.labelOf(user, told))}</p>
        <time dateTime={new Date(line.at).toISOString()} data-tip={fullTime(line.at)}>
          {timeOf(line.at)}
        </time>
      </div>
    </div>
  );
});
