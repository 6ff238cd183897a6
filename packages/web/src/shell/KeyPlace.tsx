/** Messages to keys, as soon as the keys of this browser are open. */
import type { Client } from '@parley/client';
import ChevronLeft from 'lucide-react/icons/chevron-left';
import { useKeyMail } from '../keys/useKeyMail.ts';
import { goBack } from '../route.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { later } from '../ui/later.tsx';
import styles from './JoinRoom.module.css';

const KeyScreen = later(() => import('../keys/KeyScreen.tsx').then((module) => module.KeyScreen));

export function KeyPlace({ client, address }: { client: Client; address: string | undefined }) {
  const { mail, error, again } = useKeyMail(client);
  const back = () => goBack({ at: 'home' });
  const frame = (
    <main className={styles.main} aria-busy={error === undefined}>
      <header className={styles.bar}>
        <IconButton label="Back to rooms" className={styles.back} onClick={back}>
          <ChevronLeft />
        </IconButton>
        <h1>Messages to a key</h1>
      </header>
      {error && (
        <div className={styles.card}>
          <p role="alert">{error}</p>
          <Button onClick={again}>Try again</Button>
        </div>
      )}
    </main>
  );
  if (!mail) return frame;
  return <KeyScreen client={client} mail={mail} address={address} onBack={back} fallback={frame} />;
}
