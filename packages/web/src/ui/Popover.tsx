import { type ReactNode, useState } from 'react';
import { later } from './later.tsx';

export interface PopoverProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  label: string;
  /** Where it opens; gets the focus back. */
  anchor: HTMLElement | null;
  side?: 'top' | 'bottom' | 'left' | 'right' | undefined;
  align?: 'start' | 'center' | 'end' | undefined;
  /** No padding. */
  plain?: boolean | undefined;
  children: ReactNode;
}

/** The machinery; `preload` it when the browser has nothing to do. */
export const PopoverParts = later(() => import('./lazy/PopoverParts.tsx').then((parts) => parts.PopoverParts));

/** Something small beside what opened it: an emoji picker, who reacted. */
export function Popover(props: PopoverProps) {
  const [wanted, setWanted] = useState(false);
  if (props.open && !wanted) setWanted(true);
  return wanted ? <PopoverParts {...props} /> : null;
}
