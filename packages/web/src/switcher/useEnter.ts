import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Hit } from './hits.ts';

export interface Enter {
  /** Enter was pressed before there was a hit; the server is still being asked. */
  waiting: boolean;
  /** What the list marks now; while it changes there may be nothing for a moment. */
  onHighlight(hit: Hit | undefined): void;
  press(): void;
}

/**
 * Enter acts on what is typed, not on what happens to be shown: the list may still be that of fewer letters, or its
 * mark be on the way to another row. Without a hit it is remembered until the server has answered or the text changes.
 */
export function useEnter(of: {
  typed: string;
  /** What the hits in the list were found for. */
  shown: string;
  /** The server has not answered about `typed` yet. */
  asking: boolean;
  /** The best hit for `typed`. */
  first(): Hit | undefined;
  choose(hit: Hit): void;
}): Enter {
  const { typed, shown, asking, first, choose } = of;
  const highlighted = useRef<Hit>(undefined);
  const [pressed, setPressed] = useState<string>();
  const waiting = pressed === typed;
  const act = useEffectEvent(() => {
    const hit = first();
    if (hit) choose(hit);
    if (hit || !asking) setPressed(undefined);
  });
  // After every drawing: hits arrive in more ways than one.
  useEffect(() => {
    if (waiting) act();
    else if (pressed !== undefined) setPressed(undefined);
  });
  return {
    waiting,
    onHighlight(hit) {
      highlighted.current = hit;
    },
    press() {
      const hit = (typed === shown && highlighted.current) || first();
      if (hit) choose(hit);
      else setPressed(typed);
    },
  };
}
