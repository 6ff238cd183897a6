import type { MessageRow } from '@parley/client';
import { useRef } from 'react';
import { AnchoredMenu } from '../ui/Menu.tsx';
import { shownName } from '../ui/name.ts';
import { useRoomContext } from './context.ts';
import { DateJump } from './DateJump.tsx';
import { EmojiPicker } from './EmojiPicker.tsx';
import { messageMenu } from './messageMenu.ts';

export type FloatingState =
  | { type: 'menu' | 'reaction'; row: MessageRow; anchor: HTMLElement }
  | { type: 'dates'; at: number; anchor: HTMLElement };

/** What floats over the rows: one thing at a time. */
export function Floating({ state, onClose }: { state: FloatingState | undefined; onClose(): void }) {
  const context = useRoomContext();
  const { createdAt } = context.room.summary.get().view;
  const onOpenChange = (open: boolean) => {
    if (!open) onClose();
  };
  const row = state?.type === 'menu' || state?.type === 'reaction' ? state.row : undefined;
  // Kept while it fades away, so that it stays in its place and the focus goes back there.
  const last = useRef<HTMLElement>(null);
  if (state) last.current = state.anchor;
  const anchor = last.current;
  return (
    <>
      <AnchoredMenu
        open={state?.type === 'menu'}
        onOpenChange={onOpenChange}
        label={row ? `Message of ${shownName(row)}` : 'Message'}
        items={state?.type === 'menu' ? messageMenu(context, state.row, state.anchor) : []}
        anchor={anchor}
      />
      <EmojiPicker
        open={state?.type === 'reaction'}
        onOpenChange={onOpenChange}
        anchor={anchor}
        onPick={(emoji) => row && context.react(row, emoji)}
      />
      <DateJump
        open={state?.type === 'dates'}
        onOpenChange={onOpenChange}
        anchor={anchor}
        at={state?.type === 'dates' ? state.at : Date.now()}
        from={createdAt}
        onJump={(at) => context.jump({ at })}
      />
    </>
  );
}
