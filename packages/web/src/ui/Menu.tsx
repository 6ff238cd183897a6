/** Menus whose machinery arrives when the first one is opened, or before, when the browser has nothing to do. */
import { type MouseEvent, type ReactNode, type Ref, useRef, useState } from 'react';
import { later } from './later.tsx';
import type { MenuItem, MenuProps } from './menu.ts';

/** The machinery of menus; `preload` it when the browser has nothing to do. */
export const MenuParts = later(() => import('./lazy/MenuParts.tsx').then((parts) => parts.MenuParts));

/** A menu whose opening the caller holds: context menus, menus opened by a key. */
export function AnchoredMenu(props: MenuProps) {
  const [wanted, setWanted] = useState(false);
  if (props.open && !wanted) setWanted(true);
  return wanted ? <MenuParts {...props} /> : null;
}

export interface MenuTriggerProps {
  ref: Ref<HTMLButtonElement>;
  'aria-haspopup': 'menu';
  'aria-expanded': boolean;
  onClick(event: MouseEvent): void;
  onPointerEnter(): void;
}

/** A button that opens a menu. `items` is called when it opens. */
export function MenuButton(props: {
  label: string;
  items(): readonly MenuItem[];
  trigger(props: MenuTriggerProps): ReactNode;
  side?: MenuProps['side'];
  align?: MenuProps['align'];
}) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const { label, items, trigger, side, align } = props;
  return (
    <>
      {trigger({
        ref: anchor,
        'aria-haspopup': 'menu',
        'aria-expanded': open,
        onClick: () => setOpen(!open),
        onPointerEnter: () => void MenuParts.preload(),
      })}
      <AnchoredMenu
        open={open}
        onOpenChange={setOpen}
        label={label}
        items={open ? items() : []}
        anchor={anchor.current}
        side={side}
        align={align}
      />
    </>
  );
}
