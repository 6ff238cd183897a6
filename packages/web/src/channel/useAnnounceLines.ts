import type { Channel } from '@parley/client';
import { useEffect } from 'react';
import { messagesInWords } from '../room/list.ts';
import { toPlain } from '../room/markdown.ts';
import { useServices } from '../service/services.tsx';

const batchMs = 1_200;

/** Reads words of others out, several in one sentence. The list itself is silent. */
export function useAnnounceLines(channel: Channel): void {
  const { announcer } = useServices();
  useEffect(() => {
    const stop = new AbortController();
    let held: { name: string; words: string }[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const say = () => {
      announcer.say(messagesInWords(held));
      held = [];
      timer = undefined;
    };
    const follow = async () => {
      for await (const line of channel.heard(stop.signal)) {
        if (line.type === 'gap' || line.mine) continue;
        held.push({ name: line.name, words: toPlain(line.text, 200) });
        timer ??= setTimeout(say, batchMs);
      }
    };
    follow().catch(() => undefined);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [channel, announcer]);
}
