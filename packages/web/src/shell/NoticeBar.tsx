/** What those who run the server say to everybody: above all else until one has read it, or it is withdrawn. */
import type { Client } from '@parley/client';
import Megaphone from 'lucide-react/icons/megaphone';
import X from 'lucide-react/icons/x';
import { useEffect, useState } from 'react';
import { useServices } from '../service/services.tsx';
import { IconButton } from '../ui/Button.tsx';
import { fullTime } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import styles from './NoticeBar.module.css';
import { useServerName } from './useServerName.ts';

const key = 'parley.notice';
const lastRead = (): number => Number(localStorage.getItem(key) ?? 0);

export function NoticeBar({ client }: { client: Client }) {
  const { announcer } = useServices();
  const notice = useReadable(client.notice);
  const [read, setRead] = useState(lastRead);
  const name = useServerName(client);
  const isShown = notice !== undefined && notice.at > read;
  const text = isShown ? notice.text : undefined;
  useEffect(() => {
    if (text !== undefined) announcer.say(`Notice of the server: ${text}`);
  }, [announcer, text]);
  if (!isShown) return null;
  const dismiss = () => {
    localStorage.setItem(key, String(notice.at));
    setRead(notice.at);
  };
  return (
    <aside className={styles.bar} aria-label={`Notice of ${name}`}>
      <Megaphone aria-hidden="true" />
      <p>
        <b>{name}:</b> <span title={fullTime(notice.at)}>{notice.text}</span>
      </p>
      <IconButton label="Dismiss the notice" onClick={dismiss}>
        <X />
      </IconButton>
    </aside>
  );
}
