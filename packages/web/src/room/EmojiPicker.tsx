import { lazy, Suspense } from 'react';
import { Popover } from '../ui/Popover.tsx';

const EmojiGrid = lazy(() => import('./EmojiGrid.tsx').then((parts) => ({ default: parts.EmojiGrid })));

export interface EmojiPickerProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  anchor: HTMLElement | null;
  onPick(emoji: string): void;
}

/** All emoji by group and by search. The grid and its data load when it opens first. */
export function EmojiPicker({ open, onOpenChange, anchor, onPick }: EmojiPickerProps) {
  return (
    <Popover open={open} onOpenChange={onOpenChange} label="Emoji" anchor={anchor} plain>
      <Suspense fallback={<p className="meta">Loading…</p>}>
        <EmojiGrid
          onPick={(emoji) => {
            onOpenChange(false);
            onPick(emoji);
          }}
        />
      </Suspense>
    </Popover>
  );
}
