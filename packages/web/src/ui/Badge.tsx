import type { ReactNode } from 'react';
import styles from './Badge.module.css';
import { countOf } from './time.ts';

/** Grey = unread, ink with @ = mentions. Nothing when there is nothing. */
export function UnreadBadge({ unread, mentions }: { unread: number; mentions: number }) {
  if (unread === 0 && mentions === 0) return null;
  const label = mentions > 0 ? `${mentions} ${mentions === 1 ? 'mention' : 'mentions'}` : `${unread} unread`;
  const shown = mentions > 0 ? `@${capped(mentions)}` : capped(unread);
  return (
    <span className={`${styles.badge} ${mentions > 0 ? styles.mention : ''}`}>
      <span aria-hidden="true">{shown}</span>
      <span className="sr">{label}</span>
    </span>
  );
}

const capped = (count: number): string => (count > 999 ? '999+' : countOf(count));

export interface TagProps {
  tone?: 'ok' | 'warn' | 'bad' | undefined;
  /** Beside a name: no taller than its line, and never shortened. */
  slim?: boolean;
  children: ReactNode;
}

/** A word in a pill: a role, a state. Give an icon for states, colour alone says nothing. */
export function Tag({ tone, slim, children }: TagProps) {
  return <span className={`${styles.tag} ${tone ? styles[tone] : ''} ${slim ? styles.slim : ''}`}>{children}</span>;
}
