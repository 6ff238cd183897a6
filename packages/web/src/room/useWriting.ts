/** What is being written: the text, where the caret stands, what it answers or edits, whom it names. */
import type { Client, MessageRow, Room } from '@parley/client';
import { isCommand } from '@parley/client/command';
import { limits } from '@parley/protocol';
import { type Ref, type RefObject, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import type { Mode } from './ComposerMode.tsx';
import type { RoomPeople } from './people.ts';
import { type Completion, useCompletion } from './useCompletion.ts';
import { useDraft } from './useDraft.ts';

export interface ComposerHandle {
  focus(): void;
  insert(text: string): void;
  /** Writes a command's beginning before what is written, in place of another command. */
  begin(command: string): void;
  reply(row: MessageRow): void;
  edit(row: MessageRow): void;
}

/** False keeps the text: it could not be taken. */
export type OnSend = (text: string, mode: Mode, picked: ReadonlyMap<string, string>) => boolean;

export interface Writing {
  text: string;
  mode: Mode;
  completion: Completion;
  /** What the field holds now, and where its caret stands. */
  write(text: string, caret?: number): void;
  moveCaret(caret: number): void;
  /** Puts signs in at the caret. */
  put(signs: string): void;
  /** Takes what the popup offers. */
  take(index: number): void;
  edit(row: MessageRow): void;
  /** Neither an answer nor an edit any more; what was written before an edit comes back. */
  toNew(): void;
  send(): void;
}

interface WritingPorts {
  client: Client;
  room: Room;
  people: RoomPeople;
  field: RefObject<HTMLTextAreaElement | null>;
  handle: Ref<ComposerHandle>;
  onSend: OnSend;
}

export function useWriting({ client, room, people, field, handle, onSend }: WritingPorts): Writing {
  const draft = useDraft(room);
  const [text, setText] = useState(draft.initial);
  const [caret, setCaret] = useState(draft.initial.length);
  const [mode, setMode] = useState<Mode>({ type: 'new' });
  const [picked, setPicked] = useState<ReadonlyMap<string, string>>(new Map());
  const completion = useCompletion({ client, room, people, text, caret });
  const caretTo = useCaret(field);
  const before = mode.type === 'edit' ? mode.before : text;

  const write = (next: string, at = next.length) => {
    setText(next);
    setCaret(at);
    if (mode.type !== 'edit') draft.keep(next);
    room.setTyping(mode.type !== 'edit' && next.trim() !== '' && !next.startsWith('/'));
  };
  const place = (next: string, at = next.length) => {
    write(next, at);
    caretTo.current = at;
  };
  const put = (signs: string) => {
    const at = field.current?.selectionStart ?? text.length;
    place(text.slice(0, at) + signs + text.slice(at), at + signs.length);
  };
  const edit = (row: MessageRow) => {
    if (!row.body) return;
    setMode({ type: 'edit', row, before });
    place(row.body.text);
  };
  useImperativeHandle(handle, () => ({
    focus: () => field.current?.focus(),
    insert: (words) =>
      put(/\S$/.test(text.slice(0, field.current?.selectionStart ?? text.length)) ? ` ${words}` : words),
    begin: (command) => {
      if (mode.type === 'edit') setMode({ type: 'new' });
      place(command + (isCommand(before) ? '' : before), command.length);
      field.current?.focus();
    },
    reply: (row) => {
      setMode({ type: 'reply', row });
      place(before);
    },
    edit,
  }));
  const take = (index: number) => {
    const next = completion.apply(index);
    if (!next) return;
    if (next.picked) setPicked(new Map(picked).set(next.picked.name, next.picked.id));
    place(next.text, next.caret);
  };
  const toNew = (next = before) => {
    setMode({ type: 'new' });
    place(next);
  };
  const send = () => {
    const words = text.trim();
    if (words === '' || text.length > limits.messageText || !onSend(words, mode, picked)) return;
    const next = mode.type === 'edit' ? mode.before : '';
    setPicked(new Map());
    toNew(next);
    draft.keep(next);
    draft.flush();
    room.setTyping(false);
  };
  return { text, mode, completion, write, moveCaret: setCaret, put, take, edit, toNew: () => toNew(), send };
}

/** Where the caret goes, in the same frame as the text: what is typed next stands after it. */
function useCaret(field: RefObject<HTMLTextAreaElement | null>): RefObject<number | undefined> {
  const caretTo = useRef<number>(undefined);
  useLayoutEffect(() => {
    const at = caretTo.current;
    caretTo.current = undefined;
    if (at === undefined) return;
    field.current?.focus();
    field.current?.setSelectionRange(at, at);
  });
  return caretTo;
}
