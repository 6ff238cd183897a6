import type { SessionView } from '@parley/protocol';
import Bot from 'lucide-react/icons/bot';
import Laptop from 'lucide-react/icons/laptop';
import Smartphone from 'lucide-react/icons/smartphone';
import Terminal from 'lucide-react/icons/terminal';
import { type ComponentType, useCallback, useState } from 'react';
import { useServices } from '../service/services.tsx';
import { Tag } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { explain } from '../ui/explain.ts';
import { ago, fullTime } from '../ui/time.ts';
import { SignInKeys } from './Keys.tsx';
import type { PageProps } from './page.ts';
import styles from './Settings.module.css';
import { useLoaded } from './useLoaded.ts';

export function Sessions({ client, me }: PageProps) {
  const { toasts } = useServices();
  const sessions = useLoaded(useCallback(() => client.request('session.list', {}), [client]));
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const shown = sessions.value?.sessions.filter(({ id }) => !leaving.has(id)) ?? [];
  const others = shown.filter(({ current }) => !current);
  const end = (ids: readonly string[], text: string) => {
    setLeaving((held) => new Set([...held, ...ids]));
    const back = () => setLeaving((held) => new Set([...held].filter((id) => !ids.includes(id))));
    const revoke = () => Promise.all(ids.map((session) => client.request('session.revoke', { session })));
    toasts.show({
      text,
      undo: back,
      commit: () =>
        revoke().then(sessions.reload, (error: unknown) => {
          back();
          toasts.show({ text: explain(error), tone: 'bad' });
        }),
    });
  };
  return (
    <>
      <section>
        <div className={styles.head}>
          <h2>
            Sessions <span className="dim">{sessions.value && shown.length}</span>
          </h2>
          {others.length > 0 && (
            <Button
              look="ghost"
              size="sm"
              onClick={() =>
                end(
                  others.map(({ id }) => id),
                  'All other sessions end',
                )
              }
            >
              Sign out all others
            </Button>
          )}
        </div>
        <p className={styles.about}>
          Every device and bot that is signed in to this account. End what you do not know, and change the password.
        </p>
        {sessions.error && <p className={styles.none}>{sessions.error}</p>}
        <ul className={styles.card}>
          {shown.map((session) => (
            <SessionItem key={session.id} session={session} end={end} />
          ))}
        </ul>
      </section>
      {me.kind !== 'guest' && <SignInKeys client={client} me={me} />}
    </>
  );
}

function iconOf({ device, kind }: SessionView): ComponentType {
  if (kind === 'bot') return Bot;
  if (/Android|iOS/.test(device)) return Smartphone;
  return / on /.test(device) ? Laptop : Terminal;
}

function SessionItem({ session, end }: { session: SessionView; end(ids: readonly string[], text: string): void }) {
  const Icon = iconOf(session);
  const now = Date.now();
  const bot = session.kind === 'bot';
  return (
    <li className={styles.item}>
      <span className={styles.itemIcon}>
        <Icon />
      </span>
      <div>
        <p className={styles.itemName}>
          <b>{session.device}</b>
          {session.current && <Tag>This session</Tag>}
          {bot && <Tag>Bot token</Tag>}
        </p>
        <p className="meta">
          {session.online ? (
            'online now'
          ) : (
            <time title={fullTime(session.lastSeenAt)}>last seen {ago(session.lastSeenAt, now)}</time>
          )}
          {' · '}
          <time title={fullTime(session.createdAt)}>since {ago(session.createdAt, now)}</time> · {session.address}
        </p>
      </div>
      <div className={styles.itemActs}>
        {!session.current && (
          <Button
            look="ghost"
            size="sm"
            aria-label={`${bot ? 'Revoke' : 'Sign out'} ${session.device}`}
            onClick={() => end([session.id], `${session.device} is signed out`)}
          >
            {bot ? 'Revoke' : 'Sign out'}
          </Button>
        )}
      </div>
    </li>
  );
}
