import ChevronLeft from 'lucide-react/icons/chevron-left';
import type { ReactNode } from 'react';
import { goBack } from '../route.ts';
import { IconButton } from '../ui/Button.tsx';
import styles from './JoinRoom.module.css';

/** What stands where a room would: its name above, one card below. */
export function Frame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={styles.main}>
      <header className={styles.bar}>
        <IconButton label="Back to rooms" className={styles.back} onClick={() => goBack({ at: 'home' })}>
          <ChevronLeft />
        </IconButton>
        <h1>{title}</h1>
      </header>
      <div className={styles.card}>{children}</div>
    </main>
  );
}
