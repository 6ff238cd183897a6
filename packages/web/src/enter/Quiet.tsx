/** Whole-page states without a form: starting, unreachable, session over. */
import type { Client, Status } from '@parley/client';
import { useEffect, useState } from 'react';
import { useServerName } from '../shell/useServerName.ts';
import { Button } from '../ui/Button.tsx';
import { Mark } from '../ui/Mark.tsx';
import styles from './Enter.module.css';

/** Nothing for a moment: most starts are over before a word could be read. */
export function Starting() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 800);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className={styles.quiet} aria-busy="true">
      <section>
        <Mark className={styles.mark} />
        <h1 className={late ? '' : 'sr'}>Connecting…</h1>
      </section>
    </main>
  );
}

export function Unreachable(props: { client: Client; status: Extract<Status, { state: 'offline' }> }) {
  const { client, status } = props;
  const name = useServerName(client);
  return (
    <main className={styles.quiet}>
      <section>
        <Mark className={styles.mark} />
        <h1>{name} does not answer</h1>
        <p>
          The server is down, or this device is offline. The app keeps trying; the next try is at{' '}
          <NextTry at={status.retryAt} />.{' '}
          {status.code && (
            <>
              The last answer was <code>{status.code}</code>.
            </>
          )}
        </p>
        <Button look="primary" onClick={() => client.reconnect()}>
          Try now
        </Button>
      </section>
    </main>
  );
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const NextTry = ({ at }: { at: number }) => <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>;

/** The session was revoked or ended elsewhere. */
export function SessionEnded({ client, code }: { client: Client; code: string | undefined }) {
  const name = useServerName(client);
  const versions = code === 'unsupported-version';
  return (
    <main className={styles.quiet}>
      <section>
        <Mark className={styles.mark} />
        <h1>{versions ? 'This app is too old for the server' : 'You are signed out'}</h1>
        <p>
          {versions
            ? `${name} has been updated. Reload to get the new app.`
            : `This session on ${name} has ended: it was signed out on another device, or the password changed. What you had not sent yet is kept on this device.`}
        </p>
        <Button look="primary" onClick={versions ? () => location.reload() : () => void client.start()}>
          {versions ? 'Reload' : 'Sign in again'}
        </Button>
      </section>
    </main>
  );
}
