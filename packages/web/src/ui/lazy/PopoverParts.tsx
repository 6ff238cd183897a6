import { Popover } from '@base-ui/react/popover';
import type { PopoverProps } from '../popover.ts';
import styles from './PopoverParts.module.css';
import { returnTo } from './returnFocus.ts';

export function PopoverParts(props: PopoverProps) {
  const { open, onOpenChange, anchor, label, side = 'top', align = 'end', plain, children } = props;
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Portal>
        <Popover.Positioner className={styles.positioner} anchor={anchor} side={side} align={align} sideOffset={6}>
          <Popover.Popup
            className={`${styles.popup} ${plain ? '' : styles.padded}`}
            aria-label={label}
            finalFocus={returnTo(anchor)}
          >
            {children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
