/** What a menu holds: data, so that the parts that show it can load after the first paint. */
import type { ComponentType } from 'react';

export interface MenuAction {
  label: string;
  icon?: ComponentType | undefined;
  /** One letter or sign; acts while the menu is open. */
  keys?: string | undefined;
  tone?: 'bad' | undefined;
  disabled?: boolean | undefined;
  /** Ticked or not: a choice instead of an act. */
  checked?: boolean | undefined;
  run(): void;
}
export interface MenuBranch {
  label: string;
  icon?: ComponentType | undefined;
  items: readonly MenuItem[];
}
export type MenuItem = MenuAction | MenuBranch | 'separator';

export interface MenuProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  /** Name of the menu, shown as its heading on phones. */
  label: string;
  items: readonly MenuItem[];
  /** Where it opens; gets the focus back. */
  anchor: HTMLElement | null;
  side?: 'top' | 'bottom' | 'left' | 'right' | undefined;
  align?: 'start' | 'center' | 'end' | undefined;
}
