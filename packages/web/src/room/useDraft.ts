import type { Room } from '@parley/client';
import { useEffect, useRef } from 'react';

const keepAfterMs = 400;

/** Keeps what is written: some moments after the last keystroke, and at once when one leaves. */
export function useDraft(room: Room): { initial: string; keep(text: string): void; flush(): void } {
  const initial = useRef<string>(undefined);
  initial.current ??= room.summary.get().draft;
  const held = useRef<{ text: string | undefined; timer: ReturnType<typeof setTimeout> | undefined }>({
    text: undefined,
    timer: undefined,
  });
  const flush = useRef(() => {
    const { text, timer } = held.current;
    clearTimeout(timer);
    held.current = { text: undefined, timer: undefined };
    if (text !== undefined && text !== room.summary.get().draft) room.setDraft(text);
  }).current;
  useEffect(() => {
    addEventListener('pagehide', flush);
    return () => {
      removeEventListener('pagehide', flush);
      flush();
    };
  }, [flush]);
  return {
    initial: initial.current,
    keep(text) {
      held.current.text = text;
      held.current.timer ??= setTimeout(flush, keepAfterMs);
    },
    flush,
  };
}
