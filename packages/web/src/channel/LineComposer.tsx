/** Where one says something to whoever is there now: said once, and nothing of it is kept. What is being typed stays in memory. */
import type { Client } from '@parley/client';
import ArrowUp from 'lucide-react/icons/arrow-up';
import { type KeyboardEvent, type Ref, useId, useState } from 'react';
import styles from '../room/Composer.module.css';
import { IconButton } from '../ui/Button.tsx';
import { countOf } from '../ui/time.ts';
import { touch, useMedia } from '../ui/useMedia.ts';
import { useReadable } from '../ui/useReadable.ts';

/** What is typed outlives the screen, not the page; more than anybody begins at once. */
const drafts = new Map<string, string>();
const mostDrafts = 200;

function keepDraft(place: string, text: string): void {
  drafts.delete(place);
  if (text !== '') drafts.set(place, text);
  const [oldest] = drafts.keys();
  if (drafts.size > mostDrafts && oldest !== undefined) drafts.delete(oldest);
}

export interface LineComposerProps {
  client: Client;
  /** Tells drafts apart. */
  place: string;
  /** What one does here, as `Say something in ~lobby`. */
  label: string;
  /** What becomes of it. */
  hint: string;
  /** Letters of one message. */
  limit: number;
  field: Ref<HTMLTextAreaElement>;
  /** False when it cannot be taken as it is. */
  onSend(text: string): boolean;
}

export function LineComposer({ client, place, label, hint, limit, field, onSend }: LineComposerProps) {
  const [text, setText] = useState(drafts.get(place) ?? '');
  const online = useReadable(client.status, ({ state }) => state === 'online');
  const byTouch = useMedia(touch);
  const id = useId();
  const tooLong = text.length > limit;
  const isReady = text.trim() !== '' && !tooLong && online;
  const write = (next: string) => {
    keepDraft(place, next);
    setText(next);
  };
  const send = () => {
    if (isReady && onSend(text)) write('');
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.keyCode === 229) return;
    const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!(plain ? !byTouch : event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className={styles.box}>
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          placeholder={label}
          aria-label={label}
          aria-describedby={`${id}-hint`}
          enterKeyHint={byTouch ? 'enter' : 'send'}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <IconButton
          type="submit"
          label="Send"
          keys={byTouch ? undefined : 'Enter'}
          className={styles.send ?? ''}
          disabled={!isReady}
        >
          <ArrowUp />
        </IconButton>
      </div>
      <div className={styles.hint} id={`${id}-hint`}>
        <span>{hintOf(online, limit - text.length, hint)}</span>
      </div>
    </form>
  );
}

function hintOf(online: boolean, left: number, hint: string): string {
  if (!online) return 'Offline. Nothing can be said here now, and nothing is kept to be said later.';
  return left < 0 ? `${countOf(-left)} letters too many` : hint;
}
