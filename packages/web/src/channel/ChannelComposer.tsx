/** Where one speaks in a channel: said once, to whoever listens now. What is being typed stays in memory. */
import type { Channel, Client } from '@parley/client';
import { limits } from '@parley/protocol';
import ArrowUp from 'lucide-react/icons/arrow-up';
import { type KeyboardEvent, type Ref, useId, useState } from 'react';
import styles from '../room/Composer.module.css';
import { IconButton } from '../ui/Button.tsx';
import { countOf } from '../ui/time.ts';
import { touch, useMedia } from '../ui/useMedia.ts';
import { useReadable } from '../ui/useReadable.ts';

/** What is typed outlives the screen, not the page. */
const drafts = new WeakMap<Channel, string>();

export interface ChannelComposerProps {
  client: Client;
  channel: Channel;
  field: Ref<HTMLTextAreaElement>;
  /** False when it cannot be taken as it is. */
  onSend(text: string): boolean;
}

export function ChannelComposer({ client, channel, field, onSend }: ChannelComposerProps) {
  const [text, setText] = useState(drafts.get(channel) ?? '');
  const online = useReadable(client.status, ({ state }) => state === 'online');
  const byTouch = useMedia(touch);
  const id = useId();
  const tooLong = text.length > limits.channelText;
  const isReady = text.trim() !== '' && !tooLong && online;
  const write = (next: string) => {
    drafts.set(channel, next);
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
  const label = `Say something in ~${channel.name}`;
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
          label="Say it"
          keys={byTouch ? undefined : 'Enter'}
          className={styles.send ?? ''}
          disabled={!isReady}
        >
          <ArrowUp />
        </IconButton>
      </div>
      <div className={styles.hint} id={`${id}-hint`}>
        <span>{hintOf(online, text.length)}</span>
      </div>
    </form>
  );
}

function hintOf(online: boolean, length: number): string {
  if (!online) return 'Offline. Nothing can be said here now, and nothing is kept to be said later.';
  const left = limits.channelText - length;
  if (left < 0) return `${countOf(-left)} letters too many`;
  return 'Said once, to whoever listens now.';
}
