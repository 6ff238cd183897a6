import type { Client, OutboxRow, Status } from '@parley/client';
import CloudOff from 'lucide-react/icons/cloud-off';
import { useEffect, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { lasting } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import styles from './ConnectionBar.module.css';

/** Says that one is offline and what that means; nothing while all is well. */
export function ConnectionBar({ client }: { client: Client }) {
  const status = useReadable(client.status);
  // What is queued, the server has.
  const waits = ({ state }: OutboxRow) => state !== 'failed' && state !== 'queued';
  const waiting = useReadable(client.outbox, (rows) => rows.filter(waits).length);
  const away = status.state === 'offline' || (status.state === 'connecting' && status.attempt > 1);
  return (
    <div role="status">
      {away && (
        <div className={styles.bar}>
          <CloudOff />
          <p>
            <b>
              {waiting === 0 ? 'Offline.' : `Offline — ${waiting} ${waiting === 1 ? 'message' : 'messages'} waiting.`}
            </b>{' '}
            <span className={styles.more}>
              You can read and write; what you write goes out in order when the server answers.
            </span>
          </p>
          <NextTry status={status} />
          <Button size="sm" className={styles.now} onClick={() => client.reconnect()}>
            Try now
          </Button>
        </div>
      )}
    </div>
  );
}

function NextTry({ status }: { status: Status }) {
  const at = status.state === 'offline' ? status.retryAt : undefined;
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (at === undefined) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [at]);
  const left = at === undefined ? 0 : at - now;
  // Not read out: a voice that counts seconds would say nothing else.
  return (
    <span className={styles.next} aria-hidden="true">
      {left > 0 ? `next try in ${lasting(left)}` : 'trying…'}
    </span>
  );
}
