import { Menu } from '@base-ui/react/menu';
import Check from 'lucide-react/icons/check';
import ChevronRight from 'lucide-react/icons/chevron-right';
import type { KeyboardEvent } from 'react';
import type { MenuItem, MenuProps } from '../menu.ts';
import { phone, useMedia } from '../useMedia.ts';
import styles from './MenuParts.module.css';
import { returnTo } from './returnFocus.ts';

/** Where a popup stands is computed for a pointer; a thumb finds a sheet at the lower edge. */
const sheet = { position: 'fixed', inset: 'auto 0 0 0', transform: 'none', inlineSize: 'auto' } as const;
const useSheet = () => (useMedia(phone) ? { style: sheet } : {});

/** Base UI's menu; a bottom sheet on phones. */
export function MenuParts({ open, onOpenChange, label, items, anchor, side = 'bottom', align = 'end' }: MenuProps) {
  const place = useSheet();
  return (
    <Menu.Root open={open} onOpenChange={onOpenChange}>
      <Menu.Portal>
        <Menu.Backdrop className={styles.backdrop} />
        <Menu.Positioner
          className={styles.positioner}
          anchor={anchor}
          side={side}
          align={align}
          sideOffset={4}
          {...place}
        >
          <Menu.Popup
            className={styles.menu}
            aria-label={label}
            data-label={label}
            finalFocus={returnTo(anchor)}
            onKeyDownCapture={runByKey}
          >
            <Items items={items} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Items({ items }: { items: readonly MenuItem[] }) {
  let above = '';
  return items.map((item) => {
    if (item === 'separator') return <Menu.Separator key={`after ${above}`} className={styles.separator} />;
    above = item.label;
    return <Item key={item.label} item={item} />;
  });
}

function Item({ item }: { item: Exclude<MenuItem, 'separator'> }) {
  const Icon = item.icon;
  const place = useSheet();
  if ('items' in item)
    return (
      <Menu.SubmenuRoot>
        <Menu.SubmenuTrigger className={styles.item}>
          {Icon && <Icon />}
          <span>{item.label}</span>
          <ChevronRight />
        </Menu.SubmenuTrigger>
        <Menu.Portal>
          <Menu.Positioner className={styles.positioner} sideOffset={4} alignOffset={-4} {...place}>
            <Menu.Popup
              className={styles.menu}
              aria-label={item.label}
              data-label={item.label}
              onKeyDownCapture={runByKey}
            >
              <Items items={item.items} />
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.SubmenuRoot>
    );
  const inner = (
    <>
      {Icon && <Icon />}
      <span>{item.label}</span>
      {item.checked && <Check />}
      {item.keys && (
        <span className={styles.keys} aria-hidden="true">
          <kbd>{item.keys.toUpperCase()}</kbd>
        </span>
      )}
    </>
  );
  const shared = {
    className: `${styles.item} ${item.tone === 'bad' ? styles.bad : ''}`,
    disabled: item.disabled,
    'aria-keyshortcuts': item.keys,
    onClick: () => item.run(),
  };
  if (item.checked === undefined) return <Menu.Item {...shared}>{inner}</Menu.Item>;
  return (
    <Menu.CheckboxItem {...shared} checked={item.checked} closeOnClick>
      {inner}
    </Menu.CheckboxItem>
  );
}

/** A letter that stands beside an item runs it, before the menu would look for words that begin with it. */
function runByKey(event: KeyboardEvent<HTMLElement>): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const items = event.currentTarget.querySelectorAll<HTMLElement>('[aria-keyshortcuts]');
  const item = [...items].find(
    (one) => one.getAttribute('aria-keyshortcuts')?.toLowerCase() === event.key.toLowerCase(),
  );
  if (!item || item.hasAttribute('data-disabled')) return;
  event.preventDefault();
  event.stopPropagation();
  item.click();
}
