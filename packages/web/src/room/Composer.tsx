/** Where one writes: grows from one line to ten, keeps its draft, completes names, answers and edits. */
import type { Client, MessageRow, Room } from '@parley/client';
import { limits } from '@parley/protocol';
import ArrowUp from 'lucide-react/icons/arrow-up';
import Smile from 'lucide-react/icons/smile';
import { type KeyboardEvent, type Ref, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import { IconButton } from '../ui/Button.tsx';
import { roomName } from '../ui/name.ts';
import { touch, useMedia } from '../ui/useMedia.ts';
import { useReadable } from '../ui/useReadable.ts';
import { Completions } from './Completions.tsx';
import styles from './Composer.module.css';
import { ComposerHint } from './ComposerHint.tsx';
import { ComposerMode, type Mode } from './ComposerMode.tsx';
import { EmojiPicker } from './EmojiPicker.tsx';
import type { RoomPeople } from './people.ts';
import { useCompletion } from './useCompletion.ts';
import { useDraft } from './useDraft.ts';

export interface ComposerHandle {
  focus(): void;
  insert(text: string): void;
  reply(row: MessageRow): void;
  edit(row: MessageRow): void;
}

export interface ComposerProps {
  client: Client;
  room: Room;
  people: RoomPeople;
  handle: Ref<ComposerHandle>;
  /** False keeps the text: it could not be taken. */
  onSend(text: string, mode: Mode, picked: ReadonlyMap<string, string>): boolean;
  /** The last message of one's own, to edit it. */
  lastOwn(): MessageRow | undefined;
  /** Keys that mean the list: PageUp, PageDown, ↑ with Shift. */
  onList(): void;
}

export function Composer({ client, room, people, handle, onSend, lastOwn, onList }: ComposerProps) {
  const draft = useDraft(room);
  const [text, setText] = useState(draft.initial);
  const [caret, setCaret] = useState(draft.initial.length);
  const [mode, setMode] = useState<Mode>({ type: 'new' });
  const [picked, setPicked] = useState<ReadonlyMap<string, string>>(new Map());
  const [emojiOpen, setEmojiOpen] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const emojiButton = useRef<HTMLButtonElement>(null);
  const byTouch = useMedia(touch);
  const name = useReadable(room.summary, ({ view }) => roomName(view));
  const completion = useCompletion({ client, room, people, text, caret });
  const isOpen = completion.choices.length > 0;
  const id = useId();
  const caretTo = useRef<number>(undefined);
  useGrow(field, text);
  // In the same frame: what is typed next stands after it.
  useLayoutEffect(() => {
    const at = caretTo.current;
    caretTo.current = undefined;
    if (at === undefined) return;
    field.current?.focus();
    field.current?.setSelectionRange(at, at);
  });

  const write = (next: string, at = next.length) => {
    setText(next);
    setCaret(at);
    if (mode.type !== 'edit') draft.keep(next);
    room.setTyping(mode.type !== 'edit' && next.trim() !== '' && !next.startsWith('/'));
  };
  const place = (next: string, at: number) => {
    write(next, at);
    caretTo.current = at;
  };
  const toNew = () => {
    const back = mode.type === 'edit' ? mode.before : text;
    setMode({ type: 'new' });
    place(back, back.length);
  };
  const send = () => {
    const words = text.trim();
    if (words === '' || text.length > limits.messageText) return;
    if (!onSend(words, mode, picked)) return;
    const next = mode.type === 'edit' ? mode.before : '';
    setMode({ type: 'new' });
    setPicked(new Map());
    place(next, next.length);
    draft.keep(next);
    draft.flush();
    room.setTyping(false);
  };
  const take = (index: number) => {
    const next = completion.apply(index);
    if (!next) return;
    if (next.person) setPicked(new Map(picked).set(next.person.name.toLowerCase(), next.person.id));
    place(next.text, next.caret);
  };
  const edit = (row: MessageRow) => {
    if (!row.body) return;
    setMode({ type: 'edit', row, before: mode.type === 'edit' ? mode.before : text });
    place(row.body.text, row.body.text.length);
  };
  useImperativeHandle(handle, () => ({
    focus: () => field.current?.focus(),
    insert: (words) => {
      const at = field.current?.selectionStart ?? text.length;
      const gap = at > 0 && !/\s$/.test(text.slice(0, at)) ? ' ' : '';
      place(text.slice(0, at) + gap + words + text.slice(at), at + gap.length + words.length);
    },
    reply: (row) => {
      const back = mode.type === 'edit' ? mode.before : text;
      setMode({ type: 'reply', row });
      place(back, back.length);
    },
    edit,
  }));
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    const act = isOpen ? keyInPopup(event, plain, completion, take) : undefined;
    const used = act ?? keyInField(event, plain, { text, mode, byTouch, send, toNew, edit, lastOwn, onList });
    if (!used) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const label = mode.type === 'edit' ? `Edit your message in #${name}` : `Message #${name}`;
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {isOpen && <Completions id={id} completion={completion} onTake={take} />}
      <ComposerMode mode={mode} onCancel={toNew} />
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
          onChange={(event) => write(event.target.value, event.target.selectionStart)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
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
      <EmojiPicker
        open={emojiOpen}
        onOpenChange={setEmojiOpen}
        anchor={emojiButton.current}
        onPick={(emoji) => {
          const at = field.current?.selectionStart ?? text.length;
          place(text.slice(0, at) + emoji + text.slice(at), at + emoji.length);
        }}
      />
    </form>
  );
}

interface FieldKeys {
  text: string;
  mode: Mode;
  byTouch: boolean;
  send(): void;
  toNew(): void;
  edit(row: MessageRow): void;
  lastOwn(): MessageRow | undefined;
  onList(): void;
}

/** True when the key was used. */
function keyInField(event: KeyboardEvent, plain: boolean, on: FieldKeys): boolean {
  const { text, mode } = on;
  if (event.key === 'Enter' && (plain ? !on.byTouch : event.ctrlKey || event.metaKey)) {
    on.send();
    return true;
  }
  if (event.key === 'Escape' && mode.type !== 'new') {
    on.toNew();
    return true;
  }
  if (event.key === 'ArrowUp' && plain && text === '' && mode.type === 'new') {
    const row = on.lastOwn();
    if (row) on.edit(row);
    return row !== undefined;
  }
  if (event.key === 'PageUp' && text === '') {
    on.onList();
    return true;
  }
  return false;
}

/** True when the key was used; undefined when it means the field. */
function keyInPopup(
  event: KeyboardEvent,
  plain: boolean,
  completion: ReturnType<typeof useCompletion>,
  take: (index: number) => void,
): true | undefined {
  if (!plain) return undefined;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') completion.move(event.key === 'ArrowDown' ? 1 : -1);
  else if (event.key === 'Tab' || (event.key === 'Enter' && !completion.exact)) take(completion.index);
  else if (event.key === 'Escape') completion.close();
  else return undefined;
  return true;
}

const canGrow = typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content');

/** Where the browser does not grow the field by itself. */
function useGrow(field: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const element = field.current;
    if (canGrow || !element || element.value !== text) return;
    element.style.blockSize = 'auto';
    element.style.blockSize = `${element.scrollHeight}px`;
  }, [field, text]);
}
