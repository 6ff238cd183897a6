import type { NoticeRow } from '@parley/client';
import Ban from 'lucide-react/icons/ban';
import DoorOpen from 'lucide-react/icons/door-open';
import Eraser from 'lucide-react/icons/eraser';
import Info from 'lucide-react/icons/info';
import MailPlus from 'lucide-react/icons/mail-plus';
import MessageSquare from 'lucide-react/icons/message-square-text';
import MicOff from 'lucide-react/icons/mic-off';
import Pin from 'lucide-react/icons/pin';
import Settings from 'lucide-react/icons/settings';
import Shield from 'lucide-react/icons/shield';
import UserMinus from 'lucide-react/icons/user-minus';
import UserPlus from 'lucide-react/icons/user-plus';
import { type ComponentType, createElement, memo, type ReactNode, useState } from 'react';
import { LinkButton } from '../ui/Button.tsx';
import { fullTime, timeOf } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import { useRoomContext } from './context.ts';
import type { Item } from './group.ts';
import { type LabelOf, movesOf, type Notice, type NoticeIcon, noticeOf, type Part } from './notice.ts';
import styles from './Row.module.css';

const icons: Record<NoticeIcon, ComponentType> = {
  join: UserPlus,
  leave: UserMinus,
  invite: MailPlus,
  ban: Ban,
  mute: MicOff,
  speak: MessageSquare,
  role: Shield,
  settings: Settings,
  pin: Pin,
  open: DoorOpen,
  erase: Eraser,
  info: Info,
};

type NoticesItem = Extract<Item, { type: 'notices' }>;
type UnknownItem = Extract<Item, { type: 'unknown' }>;

/** What happened, in one line; a run of comings and goings opens into its lines. */
export const NoticesView = memo(function NoticesView(props: { item: NoticesItem; shown: boolean; id: string }) {
  const { item, shown, id } = props;
  const { me, client } = useRoomContext();
  // A server's name may be learnt after the line is drawn.
  useReadable(client.servers);
  const labelOf: LabelOf = (user, told) => client.servers.labelOf(user, told);
  const [open, setOpen] = useState(false);
  const { rows } = item;
  if (open) return rows.map((row) => <Line key={row.key} at={row.at} notice={noticeOf(row.entry, me, labelOf)} />);
  const notice = rows.length === 1 ? noticeOf(rows[0]!.entry, me, labelOf) : movesOf(rows, me, labelOf);
  return (
    <Line at={lastOf(rows).at} notice={notice} shown={shown} id={id}>
      {rows.length > 4 && <Link label="Show all" onClick={() => setOpen(true)} />}
    </Line>
  );
});

const lastOf = (rows: readonly NoticeRow[]): NoticeRow => rows.at(-1)!;

function Line(props: { at: number; notice: Notice; shown?: boolean; id?: string; children?: ReactNode }) {
  const { at, notice, shown, id, children } = props;
  const { jump } = useRoomContext();
  const Icon = icons[notice.icon];
  const { about } = notice;
  return (
    <div data-ring className={styles.notice} data-tone={notice.tone} data-shown={shown || undefined}>
      <span className={styles.noticeIcon} aria-hidden="true">
        <Icon />
      </span>
      {createElement(
        'p',
        { dir: 'auto', id },
        ...notice.parts.map(partNode),
        about && <Link label="Show it" onClick={() => jump(about)} />,
        children,
      )}
      <time dateTime={new Date(at).toISOString()} data-tip={fullTime(at)}>
        {timeOf(at)}
      </time>
    </div>
  );
}

const partNode = (part: Part): ReactNode =>
  typeof part === 'string' ? part : createElement('b', undefined, <bdi>{part.name}</bdi>);

function Link({ label, onClick }: { label: string; onClick(): void }) {
  return (
    <>
      {' · '}
      <LinkButton tabIndex={-1} className={styles.inlineLink ?? ''} onClick={onClick}>
        {label}
      </LinkButton>
    </>
  );
}

/** An entry of a kind that this version does not know: said, not hidden. */
export const UnknownView = memo(function UnknownView({ item, id }: { item: UnknownItem; id: string }) {
  const { entry, at } = item.row;
  const name = entry.display ?? entry.name;
  return (
    <Line
      at={at}
      id={id}
      notice={{
        icon: 'info',
        tone: 'plain',
        parts: [
          { name: name || 'Somebody' },
          ' did something that this version of the app does not know. Update to see it.',
        ],
      }}
    />
  );
});
