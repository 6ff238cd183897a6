/** Where one writes: grows from one line to ten, keeps its draft, completes names, answers and edits. */
import type { Client, MessageRow, Room } from '@parley/client';
import { limits } from '@parley/protocol';
import ArrowUp from 'lucide-react/icons/arrow-up';
import Smile from 'lucide-react/icons/smile';
import { type KeyboardEvent, type Ref, type RefObject, useId, useLayoutEffect, useRef, useState } from 'react';
import { IconButton } from '../ui/Button.tsx';
import { roomName } from '../ui/name.ts';
import { touch, useMedia } from '../ui/useMedia.ts';
import { useReadable } from '../ui/useReadable.ts';
import { Completions } from './Completions.tsx';
import styles from './Composer.module.css';
import { ComposerHint } from './ComposerHint.tsx';
import { ComposerMode } from './ComposerMode.tsx';
import { keyInField, keyInPopup } from './composerKeys.ts';
import { EmojiPicker } from './EmojiPicker.tsx';
import type { RoomPeople } from './people.ts';
import { type ComposerHandle, type OnSend, useWriting } from './useWriting.ts';

export interface ComposerProps {
  client: Client;
  room: Room;
  people: RoomPeople;
  handle: Ref<ComposerHandle>;
  onSend: OnSend;
  /** The last message of one's own, to edit it. */
  lastOwn(): MessageRow | undefined;
  /** Keys that mean the list. */
  onList(): void;
}

export function Composer({ client, room, people, handle, onSend, lastOwn, onList }: ComposerProps) {
  const [emojiOpen, setEmojiOpen] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const emojiButton = useRef<HTMLButtonElement>(null);
  const writing = useWriting({ client, room, people, field, handle, onSend });
  const { text, mode, completion } = writing;
  const byTouch = useMedia(touch);
  const name = useReadable(room.summary, ({ view }) => (view.direct ? roomName(view) : `#${roomName(view)}`));
  const isOpen = completion.choices.length > 0;
  const id = useId();
  useGrow(field, text);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    const act = isOpen ? keyInPopup(event, plain, completion, writing.take) : undefined;
    const used = act ?? keyInField(event, plain, { ...writing, byTouch, lastOwn, onList });
    if (!used) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const label = mode.type === 'edit' ? `Edit your message in ${name}` : `Message ${name}`;
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        writing.send();
      }}
    >
      {isOpen && <Completions id={id} completion={completion} onTake={writing.take} />}
      <ComposerMode mode={mode} onCancel={writing.toNew} />
      <div className={styles.box}>
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          placeholder={label}
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={isOpen ? `${id}-list` : undefined}
          aria-activedescendant={isOpen ? `${id}-${completion.index}` : undefined}
          aria-describedby={`${id}-hint`}
          enterKeyHint={byTouch ? 'enter' : 'send'}
          onChange={(event) => writing.write(event.target.value, event.target.selectionStart)}
          onSelect={(event) => writing.moveCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onBlur={() => room.setTyping(false)}
        />
        <IconButton
          ref={emojiButton}
          label="Emoji"
          keys=":"
          aria-haspopup="dialog"
          aria-expanded={emojiOpen}
          onClick={() => setEmojiOpen(!emojiOpen)}
        >
          <Smile />
        </IconButton>
        <IconButton
          type="submit"
          label={mode.type === 'edit' ? 'Save' : 'Send'}
          keys={byTouch ? undefined : 'Enter'}
          className={styles.send ?? ''}
          disabled={text.trim() === '' || text.length > limits.messageText}
        >
          <ArrowUp />
        </IconButton>
      </div>
      <ComposerHint id={`${id}-hint`} client={client} room={room} length={text.length} editing={mode.type === 'edit'} />
      <EmojiPicker open={emojiOpen} onOpenChange={setEmojiOpen} anchor={emojiButton.current} onPick={writing.put} />
    </form>
  );
}

const canGrow = typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content');

/** Where the browser does not grow the field by itself. */
function useGrow(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const element = field.current;
    if (canGrow || !element || element.value !== text) return;
    element.style.blockSize = 'auto';
    element.style.blockSize = `${element.scrollHeight}px`;
  }, [field, text]);
}
