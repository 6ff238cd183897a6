import type { MessageRow } from '@parley/client';
import Pencil from 'lucide-react/icons/pencil';
import Reply from 'lucide-react/icons/reply';
import X from 'lucide-react/icons/x';
import { IconButton } from '../ui/Button.tsx';
import { nameColor, shownName } from '../ui/name.ts';
import styles from './Composer.module.css';
import { toPlain } from './markdown.ts';

export type Mode =
  | { type: 'new' }
  | { type: 'reply'; row: MessageRow }
  /** `before`: what was written when the edit began; it comes back. */
  | { type: 'edit'; row: MessageRow; before: string };

/** Over the field: what is being answered or edited. */
export function ComposerMode({ mode, onCancel }: { mode: Mode; onCancel(): void }) {
  if (mode.type === 'new') return null;
  const { row } = mode;
  return (
    <div className={styles.mode}>
      {mode.type === 'reply' ? <Reply aria-hidden="true" /> : <Pencil aria-hidden="true" />}
      <p>
        {mode.type === 'edit' ? (
          <b>Editing your message</b>
        ) : (
          <>
            <span className="sr">Answering </span>
            <bdi className={nameColor(row.user)}>{shownName(row)}</bdi>
          </>
        )}{' '}
        <span dir="auto">{toPlain(row.body?.text ?? '')}</span>
      </p>
      <IconButton label="Cancel" keys="Esc" onClick={onCancel}>
        <X />
      </IconButton>
    </div>
  );
}
