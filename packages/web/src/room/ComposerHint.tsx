import type { Client, Room } from '@parley/client';
import { limits, type RoomView } from '@parley/protocol';
import Clock from 'lucide-react/icons/clock';
import Eye from 'lucide-react/icons/eye';
import Timer from 'lucide-react/icons/timer';
import { useEffect, useState } from 'react';
import { Kbd } from '../ui/Kbd.tsx';
import { touch, useMedia } from '../ui/useMedia.ts';
import { useReadable } from '../ui/useReadable.ts';
import styles from './Composer.module.css';
import { slowModeMs } from './may.ts';
import { useQueued, useReached } from './useQueued.ts';
import { type Hint, hintOf, serverPatienceMs } from './words.ts';

const icons = { wait: Clock, slow: Timer, guest: Eye, none: undefined };

/** The line under the field: what will become of what one sends, and who can read it. */
export function ComposerHint(props: { id: string; client: Client; room: Room; length: number; editing: boolean }) {
  const { id, client, room, length, editing } = props;
  const view = useReadable(room.summary, (summary) => summary.view);
  const status = useReadable(client.status);
  const byTouch = useMedia(touch);
  const slowMs = slowModeMs(view);
  const slowLeftMs = useSlowMode(client, room, slowMs);
  const silent = useSilent(client, room);
  const limit = limits.messageText;
  const hint: Hint | undefined = hintOf({ view, status, length, limit, slowLeftMs, slowMs, silent });
  const Icon = hint ? icons[hint.icon] : Eye;
  return (
    <p className={styles.hint}>
      <span id={id}>
        {Icon && <Icon aria-hidden="true" />}
        <span>{hint?.text ?? readers(view)}</span>
      </span>
      {!byTouch && (
        <span className={styles.keys} aria-hidden="true">
          <Kbd keys="Enter" /> {editing ? 'save' : 'send'} <Kbd keys="Shift Enter" /> new line
        </span>
      )}
    </p>
  );
}

/** Who reads what one writes here, servers included: rooms are not encrypted. */
const readers = (view: RoomView): string => {
  if (view.direct) return 'The two of you and your servers can read this';
  return view.history === 'world' ? 'Anybody can read this room' : 'Members and their servers can read this';
};

/** The room's server, when it is away or lets one wait. */
function useSilent(client: Client, room: Room): Parameters<typeof hintOf>[0]['silent'] {
  const server = useReadable(room.summary, (summary) => summary.server);
  const { messages, since } = useQueued(client, room);
  const late = useReached(since === undefined ? undefined : since + serverPatienceMs.silent);
  const reachable = server?.reachable !== false;
  return server && (late || !reachable) ? { server: server.label, messages, reachable } : undefined;
}

/** How long slow mode still holds one back, ms; counts down while it does. */
function useSlowMode(client: Client, room: Room, slowMs: number): number {
  const [left, setLeft] = useState(0);
  const [sentAt, setSentAt] = useState(0);
  const [since, setSince] = useState(slowMs);
  if (since !== slowMs) {
    // What was sent before it began does not count.
    setSince(slowMs);
    setSentAt(0);
  }
  const sending = useReadable(client.outbox, (rows) =>
    rows.findLast((row) => row.room === room.id && row.request === 'message.send'),
  );
  useEffect(() => {
    if (sending) setSentAt(sending.retryAt === undefined ? sending.at : sending.retryAt - slowMs);
  }, [sending, slowMs]);
  useEffect(() => {
    if (slowMs === 0 || sentAt === 0) return;
    const count = () => setLeft(Math.max(0, sentAt + slowMs - Date.now()));
    count();
    const timer = setInterval(count, 1_000);
    return () => clearInterval(timer);
  }, [slowMs, sentAt]);
  return slowMs === 0 ? 0 : left;
}
