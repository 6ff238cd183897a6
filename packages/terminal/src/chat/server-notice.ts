/** What those who run the server say to everybody, above whatever one reads. */
import type { Client } from '@parley/client';
import { cleanText } from '../clean.ts';
import { tint } from '../format.ts';
import type { Screen } from './screen.ts';

export interface NoticeOptions {
  readonly client: Pick<Client, 'notice'>;
  readonly colour: boolean;
}

/** Says the notice that stands, and each later one; returns what ends that. */
export function followNotice({ client, colour }: NoticeOptions, screen: Pick<Screen, 'say'>): () => void {
  let shown: number | undefined;
  const show = () => {
    const notice = client.notice.get();
    if (notice?.at === shown) return;
    const wasShown = shown !== undefined;
    shown = notice?.at;
    if (notice)
      for (const line of cleanText(notice.text).split('\n'))
        screen.say(tint(`* notice of the server: ${line}`, 'yellow', colour));
    else if (wasShown) screen.say(tint('* the notice of the server is withdrawn', 'dim', colour));
  };
  const stop = client.notice.subscribe(show);
  show();
  return stop;
}
