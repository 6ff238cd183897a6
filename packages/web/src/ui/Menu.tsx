/** Menus whose machinery arrives when the first one is opened, or before, when the browser has nothing to do. */
import { lazy, type MouseEvent, type ReactNode, type Ref, Suspense, useRef, useState } from 'react';
import type { MenuItem, MenuProps } from './menu.ts';

const loadMenu = () => import('./lazy/MenuParts.tsx');
const MenuParts = lazy(() => loadMenu().then((parts) => ({ default: parts.MenuParts })));

/** A menu whose opening the caller holds: context menus, menus opened by a key. */
export function AnchoredMenu(props: MenuProps) {
  const [wanted, setWanted] = useState(false);
  if (props.open && !wanted) setWanted(true);
  return wanted ? (
    <Suspense>
      <MenuParts {...props} />
    </Suspense>
  ) : null;
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
        onPointerEnter: () => void loadMenu(),
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
