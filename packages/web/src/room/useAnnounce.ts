import type { TimelineState } from '@parley/client';
import { useEffect, useRef } from 'react';
import { useServices } from '../service/services.tsx';
import { shownName } from '../ui/name.ts';
import { messagesInWords } from './list.ts';
import { toPlain } from './markdown.ts';

const batchMs = 1_200;

/** Reads new messages of others out, several in one sentence. The list itself is silent. */
export function useAnnounce(state: TimelineState): void {
  const { announcer } = useServices();
  const seen = useRef<number>(undefined);
  const held = useRef<{ name: string; words: string }[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const last = state.rows.findLast(({ seq }) => seq !== undefined)?.seq;
    const before = seen.current;
    if (last === undefined || !state.atEnd || state.loading === 'jump') return;
    seen.current = Math.max(before ?? 0, last);
    if (before === undefined) return;
    for (let at = state.rows.length - 1; at >= 0; at--) {
      const row = state.rows[at]!;
      if (row.seq !== undefined && row.seq <= before) break;
      if (row.type !== 'message' || row.mine || row.seq === undefined || !row.body) continue;
      held.current.unshift({ name: shownName(row), words: toPlain(row.body.text, 200) });
    }
    if (held.current.length === 0) return;
    timer.current ??= setTimeout(() => {
      announcer.say(messagesInWords(held.current));
      held.current = [];
      timer.current = undefined;
    }, batchMs);
  }, [state, announcer]);
  useEffect(() => () => clearTimeout(timer.current), []);
}
