import type { MessageRow } from '@parley/client';
import Check from 'lucide-react/icons/check';
import CircleAlert from 'lucide-react/icons/circle-alert';
import Clock from 'lucide-react/icons/clock';
import Eraser from 'lucide-react/icons/eraser';
import History from 'lucide-react/icons/history';
import Pin from 'lucide-react/icons/pin';
import { memo } from 'react';
import { Avatar } from '../ui/Avatar.tsx';
import { Tag } from '../ui/Badge.tsx';
import { LinkButton } from '../ui/Button.tsx';
import { nameColor, shownName } from '../ui/name.ts';
import { ServerLabel } from '../ui/ServerLabel.tsx';
import { fullTime, timeOf } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import { useServerOf } from '../ui/useServerOf.ts';
import { ActionBar } from './ActionBar.tsx';
import { Body } from './Body.tsx';
import { useIsActive, useOffice, useRoomContext } from './context.ts';
import type { Item } from './group.ts';
import { toPlain } from './markdown.ts';
import { Reactions } from './Reactions.tsx';
import styles from './Row.module.css';
import { useQueued, useReached } from './useQueued.ts';
import { failureOf, serverPatienceMs, stateOf, waitOf } from './words.ts';

type MessageItem = Extract<Item, { type: 'message' }>;

export interface MessageViewProps {
  item: MessageItem;
  /** The message that this one answers, when it is loaded. */
  quoted: MessageRow | undefined;
  /** One was led here: the row shows itself for a moment. */
  shown: boolean;
  /** Of its words, by which the row is called. */
  id: string;
}

/** One message: gutter, text, margin. */
export const MessageView = memo(function MessageView({ item, quoted, shown, id }: MessageViewProps) {
  const { row, head } = item;
  const active = useIsActive(item.key);
  const action = row.body?.action === true;
  const name = shownName(row);
  return (
    <div
      data-ring
      className={`${styles.m} ${classesOf(row)}`}
      data-head={head || undefined}
      data-active={active || undefined}
      data-shown={shown || undefined}
    >
      {head ? <Avatar id={row.user} name={name} /> : <span aria-hidden="true" />}
      <div className={styles.main} id={id}>
        {head && !action ? <Head row={row} /> : <span className="sr">{`${name}, ${timeOf(row.at)}. `}</span>}
        {row.body?.replyTo && <Quote row={row} quoted={quoted} />}
        {row.body ? <Body row={row} /> : <Tombstone row={row} />}
        {row.reactions.length > 0 && <Reactions row={row} active={active} />}
        {row.state === 'failed' && <Failure row={row} />}
        {row.state === 'waiting' && <Wait row={row} />}
        {row.state === 'queued' && <Queued row={row} />}
      </div>
      <Margin row={row} />
      {active && row.body && row.state !== 'failed' && <ActionBar row={row} />}
    </div>
  );
});

function classesOf(row: MessageRow): string {
  const classes: (string | undefined)[] = [];
  if (row.mentionsMe && !row.mine) classes.push(styles.mention);
  if (row.state === 'failed') classes.push(styles.failed);
  else if (row.state !== 'sent') classes.push(styles.pencil);
  if (!row.body) classes.push(styles.tomb);
  return classes.join(' ');
}

function Head({ row }: { row: MessageRow }) {
  return (
    <p className={styles.head}>
      <bdi className={`${styles.name} ${nameColor(row.user)}`}>{shownName(row)}</bdi>
      <PersonServer user={row.user} told={row.server} className={styles.server ?? ''} />
      {!row.mine && <OfficeTag user={row.user} />}
      {row.imported && (
        <Tag slim>
          <History aria-hidden="true" />
          imported
        </Tag>
      )}
      {row.pinned && <PinMark />}
      <time className={styles.inlineTime}>{timeOf(row.at)}</time>
    </p>
  );
}

/** Where somebody is from, unless it is here. */
function PersonServer({ user, told, className }: { user: string; told: string | undefined; className: string }) {
  const { client } = useRoomContext();
  const server = useServerOf(client, user, told);
  return server && <ServerLabel server={server} className={className} />;
}

function OfficeTag({ user }: { user: string }) {
  const office = useOffice(user);
  return office && <Tag slim>{office}</Tag>;
}

const PinMark = () => (
  <span className={styles.pinMark} data-tip="Pinned">
    <Pin aria-hidden="true" />
    <span className="sr">Pinned</span>
  </span>
);

function Margin({ row }: { row: MessageRow }) {
  const { room } = useRoomContext();
  const { state } = row;
  const words = stateOf(state, room.summary.get().server?.label);
  const icon = state === 'failed' ? <CircleAlert /> : state === 'sent' ? row.mine && <Check /> : <Clock />;
  return (
    <p className={styles.margin}>
      {icon && (
        <span className={`${styles.state} ${styles[state]}`} data-tip={words}>
          {icon}
          <span className="sr">{words}</span>
        </span>
      )}
      <time dateTime={new Date(row.at).toISOString()} data-tip={fullTime(row.at)}>
        {timeOf(row.at)}
      </time>
    </p>
  );
}

function Tombstone({ row }: { row: MessageRow }) {
  const { redacted } = row;
  const words = redacted ? `Deleted by ${redacted.name}` : 'The words of this message were taken away';
  return (
    <p className={styles.tombWords}>
      <Eraser aria-hidden="true" />
      <span>
        {words}
        {redacted?.reason && `: “${redacted.reason}”`}
      </span>
    </p>
  );
}

function Quote({ row, quoted }: { row: MessageRow; quoted: MessageRow | undefined }) {
  const { client, jump } = useRoomContext();
  const target = row.body?.replyTo;
  if (!target) return null;
  const person = client.person(target.user);
  const name = quoted ? shownName(quoted) : person && shownName(person);
  return (
    <button type="button" tabIndex={-1} className={styles.quote} onClick={() => jump(target)}>
      {name && <bdi className={nameColor(target.user)}>{name}</bdi>}
      <span dir="auto">{quotedWords(quoted)}</span>
    </button>
  );
}

function quotedWords(quoted: MessageRow | undefined): string {
  if (!quoted) return 'an earlier message';
  return quoted.body ? toPlain(quoted.body.text) || 'an empty message' : 'a deleted message';
}

function Wait({ row }: { row: MessageRow }) {
  const { room, discard } = useRoomContext();
  const why = waitOf(row, room.summary.get().view, timeWithSeconds);
  if (!why) return null;
  return (
    <div className={styles.wait}>
      <p>{why}</p>
      <LinkButton tabIndex={-1} onClick={() => discard(row)}>
        Discard
      </LinkButton>
    </div>
  );
}

/** Under the newest of those that wait for another server, when it takes its time. */
function Queued({ row }: { row: MessageRow }) {
  const { client, room } = useRoomContext();
  const server = useReadable(room.summary, (summary) => summary.server?.label);
  const { newest } = useQueued(client, room);
  const late = useReached(newest === row.clientId ? row.at + serverPatienceMs.hint : undefined);
  if (!late) return null;
  return (
    <div className={styles.wait}>
      <p>{stateOf('queued', server)}</p>
    </div>
  );
}

const seconds = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const timeWithSeconds = (at: number): string => seconds.format(at);

function Failure({ row }: { row: MessageRow }) {
  const { room, retry, discard, copyWords } = useRoomContext();
  return (
    <div className={styles.failure}>
      <p>{failureOf(row, room.summary.get().view, timeOf)}</p>
      <p className={styles.links}>
        <LinkButton tabIndex={-1} onClick={() => retry(row)}>
          Retry
        </LinkButton>
        <LinkButton tabIndex={-1} onClick={() => copyWords(row)}>
          Copy
        </LinkButton>
        <LinkButton tabIndex={-1} onClick={() => discard(row)}>
          Discard
        </LinkButton>
      </p>
    </div>
  );
}
