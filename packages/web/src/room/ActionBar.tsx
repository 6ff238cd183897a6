import type { MessageRow } from '@parley/client';
import Ellipsis from 'lucide-react/icons/ellipsis';
import Reply from 'lucide-react/icons/reply';
import SmilePlus from 'lucide-react/icons/smile-plus';
import type { KeyboardEvent } from 'react';
import { IconButton } from '../ui/Button.tsx';
import { useRoomContext } from './context.ts';
import { rightsOn } from './may.ts';
import styles from './Row.module.css';

/** React, reply, more: on the upper edge of the active row. → leads into it, Esc and ← at its start lead out. */
export function ActionBar({ row }: { row: MessageRow }) {
  const { room, pickReaction, reply, openMenu } = useRoomContext();
  const rights = rightsOn(row, room.summary.get().view, Date.now());
  return (
    <div className={styles.bar} role="toolbar" aria-label="Message actions" data-bar onKeyDown={moveInside}>
      {rights.react && (
        <IconButton label="React" keys="+" tabIndex={-1} onClick={(event) => pickReaction(row, event.currentTarget)}>
          <SmilePlus />
        </IconButton>
      )}
      {rights.reply && (
        <IconButton label="Reply" keys="R" tabIndex={-1} onClick={() => reply(row)}>
          <Reply />
        </IconButton>
      )}
      <IconButton
        label="More"
        keys="."
        tabIndex={-1}
        aria-haspopup="menu"
        onClick={(event) => openMenu(row, event.currentTarget)}
      >
        <Ellipsis />
      </IconButton>
    </div>
  );
}

function moveInside(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (step === 0 || at < 0) return;
  event.preventDefault();
  event.stopPropagation();
  const next = buttons[at + step];
  if (next) next.focus();
  else if (step < 0) event.currentTarget.closest('li')?.focus();
}
