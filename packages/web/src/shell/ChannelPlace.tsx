/** The channel that the address names: listened to as long as the app is open, or until one stops. */
import type { Client } from '@parley/client';
import ChevronLeft from 'lucide-react/icons/chevron-left';
import { type ReactNode, useEffect, useState } from 'react';
import { goBack, navigate } from '../route.ts';
import { IconButton } from '../ui/Button.tsx';
import { codeOf, explain } from '../ui/explain.ts';
import { later } from '../ui/later.tsx';
import { useReadable } from '../ui/useReadable.ts';
import styles from './JoinRoom.module.css';

const ChannelScreen = later(() => import('../channel/ChannelScreen.tsx').then((module) => module.ChannelScreen));

export function ChannelPlace({ client, name }: { client: Client; name: string }) {
  const channel = useReadable(client.channels, () => client.channel(name));
  const online = useReadable(client.status, ({ state }) => state === 'online');
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    if (channel || !online) return;
    let over = false;
    setError(undefined);
    client.joinChannel(name).catch((reason: unknown) => !over && setError(reason));
    return () => {
      over = true;
    };
  }, [client, name, channel, online]);
  const back = () => goBack({ at: 'home' });
  if (!channel)
    return (
      <Frame name={name} onBack={back}>
        {error !== undefined && <p>{refusedWords(error)}</p>}
        {error === undefined && !online && <p>Listening begins as soon as the server answers.</p>}
      </Frame>
    );
  const leave = () => {
    navigate({ at: 'home' }, { replace: true });
    channel.leave().catch(() => undefined);
  };
  return (
    <ChannelScreen
      key={channel.name}
      client={client}
      channel={channel}
      onBack={back}
      onLeave={leave}
      fallback={<Frame name={name} onBack={back} />}
    />
  );
}

function refusedWords(error: unknown): string {
  if (codeOf(error) === 'bad-request') return 'This is no name of a channel: letters, digits, . _ and -, as ~lobby.';
  if (codeOf(error) === 'too-many')
    return 'You listen to as many channels as this server lets you. Stop listening to one first.';
  return explain(error);
}

function Frame({ name, onBack, children }: { name: string; onBack(): void; children?: ReactNode }) {
  return (
    <main className={styles.main} aria-busy={children === undefined}>
      <header className={styles.bar}>
        <IconButton label="Back to rooms" className={styles.back} onClick={onBack}>
          <ChevronLeft />
        </IconButton>
        <h1>~{name}</h1>
      </header>
      {children && <div className={styles.card}>{children}</div>}
    </main>
  );
}
