import type { MessageRow } from '@parley/client';
import { memo, useLayoutEffect, useRef, useState } from 'react';
import { LinkButton } from '../ui/Button.tsx';
import { nameColor, shownName } from '../ui/name.ts';
import { fullTime } from '../ui/time.ts';
import styles from './Body.module.css';
import { useRoomContext } from './context.ts';
import { bodyFragment } from './fragment.ts';
import { isJumbo, isLong } from './measure.ts';
import { reachScrollers } from './reach.ts';

/** The words of a message. Long ones are folded; the mark of an edit stands at the end of the last paragraph. */
export const Body = memo(function Body({ row, id }: { row: MessageRow; id?: string | undefined }) {
  const { reader } = useRoomContext();
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const { body, edited } = row;
  const folded = !open && isLong(body?.text ?? '');
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !body) return;
    const fragment = bodyFragment(body, reader);
    if (body.action) prefixName(fragment, row);
    if (edited) markEdited(fragment, edited.at);
    element.replaceChildren(fragment);
    // Measured before anybody can look: code and tables that scroll must be in reach of Tab from the start.
    if (element.querySelector('pre, [role="group"]')) reachScrollers(element);
    // Long in letters, not in lines: there is nothing to fold.
    if (folded && element.scrollHeight <= element.clientHeight + 20) setOpen(true);
  }, [body, edited, reader, row, folded]);
  return (
    <>
      <div
        ref={box}
        id={id}
        className={`${styles.body} ${folded ? styles.folded : ''} ${body?.action ? styles.action : ''}`}
        data-jumbo={isJumbo(body?.text ?? '') || undefined}
      />
      {folded && (
        <LinkButton tabIndex={-1} onClick={() => setOpen(true)}>
          Show all of it
        </LinkButton>
      )}
    </>
  );
});

/** `/me waves`: the name stands before the words, as part of them. */
function prefixName(fragment: DocumentFragment, row: MessageRow): void {
  const first = fragment.firstElementChild;
  const name = document.createElement('bdi');
  name.className = `${styles.actor} ${nameColor(row.user)}`;
  name.textContent = shownName(row);
  if (first?.tagName === 'P') first.prepend(name, ' ');
  else {
    const line = document.createElement('p');
    line.append(name);
    fragment.prepend(line);
  }
}

function markEdited(fragment: DocumentFragment, at: number): void {
  const mark = document.createElement('button');
  mark.type = 'button';
  mark.tabIndex = -1;
  mark.className = styles.edited ?? '';
  mark.dataset.edited = '';
  mark.dataset.tip = `Edited ${fullTime(at)}`;
  mark.textContent = 'edited';
  const last = fragment.lastElementChild;
  if (last?.tagName === 'P') last.append(' ', mark);
  else {
    const line = document.createElement('p');
    line.append(mark);
    fragment.append(line);
  }
}
