import type { Client, Room } from '@parley/client';
import Archive from 'lucide-react/icons/archive';
import DoorOpen from 'lucide-react/icons/door-open';
import Eye from 'lucide-react/icons/eye';
import Lock from 'lucide-react/icons/lock';
import MicOff from 'lucide-react/icons/mic-off';
import { type ComponentType, useEffect, useState } from 'react';
import { navigate } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { Button } from '../ui/Button.tsx';
import { explain } from '../ui/explain.ts';
import { dayKey, shortTime, timeOf } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import styles from './Composer.module.css';
import { type Standing, standingOf } from './words.ts';

const icons: Record<Standing['icon'], ComponentType> = {
  mute: MicOff,
  archive: Archive,
  guest: Eye,
  locked: Lock,
  gone: DoorOpen,
};

/** Why one cannot write here now; looked at again when a mute ends. */
export function useStanding(client: Client, room: Room): Standing | undefined {
  const view = useReadable(room.summary, (summary) => summary.view);
  const status = useReadable(client.status);
  const [now, setNow] = useState(Date.now);
  const until = view.me.mutedUntil;
  useEffect(() => {
    const left = typeof until === 'number' ? until - Date.now() : 0;
    setNow(Date.now());
    if (left <= 0) return;
    // Timers do not reach further; a later look finds the rest.
    const timer = setTimeout(() => setNow(Date.now()), Math.min(left + 50, 2_000_000_000));
    return () => clearTimeout(timer);
  }, [until]);
  return standingOf(view, status, now, (at) =>
    dayKey(at) === dayKey(now) ? timeOf(at) : `${shortTime(at, now)}, ${timeOf(at)}`,
  );
}

/** Stands where the composer stood. */
export function Blocked({ client, room, standing }: { client: Client; room: Room; standing: Standing }) {
  const Icon = icons[standing.icon];
  return (
    <section
      className={styles.block}
      data-tone={standing.icon === 'mute' ? 'warn' : undefined}
      aria-label={standing.title}
    >
      <Icon />
      <div>
        <h2>{standing.title}</h2>
        <p>{standing.text}</p>
        {standing.askAgain !== undefined && <AskAgain client={client} room={room} user={standing.askAgain} />}
      </div>
    </section>
  );
}

function AskAgain({ client, room, user }: { client: Client; room: Room; user: string }) {
  const { toasts } = useServices();
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    try {
      const next = await client.direct(user);
      if (next !== room) navigate({ at: 'room', room: next.id });
    } catch (error) {
      toasts.show({ text: explain(error), tone: 'bad' });
    }
    setBusy(false);
  };
  return (
    <Button size="sm" busy={busy} onClick={ask}>
      Ask again
    </Button>
  );
}
