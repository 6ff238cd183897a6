import { later } from '../ui/later.tsx';
import { Popover } from '../ui/Popover.tsx';

const EmojiGrid = later(() => import('./EmojiGrid.tsx').then((parts) => parts.EmojiGrid));

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
      <EmojiGrid
        fallback={<p className="meta">Loading…</p>}
        onPick={(emoji) => {
          onOpenChange(false);
          onPick(emoji);
        }}
      />
    </Popover>
  );
}
