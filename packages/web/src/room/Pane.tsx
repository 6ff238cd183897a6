import ChevronLeft from 'lucide-react/icons/chevron-left';
import X from 'lucide-react/icons/x';
import type { ReactNode } from 'react';
import { IconButton } from '../ui/Button.tsx';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import styles from './Pane.module.css';

export interface PaneProps {
  title: string;
  count?: ReactNode;
  /** Buttons in its head. */
  actions?: ReactNode;
  onClose(): void;
  children: ReactNode;
}

/** What stands beside the timeline; over it below 1200 px, instead of it on phones. */
export function Pane({ title, count, actions, onClose, children }: PaneProps) {
  return (
    <aside className={styles.pane} aria-label={title}>
      <div className={styles.head}>
        <IconButton label="Back to the room" className={styles.back ?? ''} onClick={onClose}>
          <ChevronLeft />
        </IconButton>
        <h2>
          {title} {count !== undefined && <span className="dim">{count}</span>}
        </h2>
        {actions}
        <IconButton label="Close" keys="Esc" className={styles.close ?? ''} onClick={onClose}>
          <X />
        </IconButton>
      </div>
      <div className={styles.body}>
        <ErrorBoundary what={title}>{children}</ErrorBoundary>
      </div>
    </aside>
  );
}
