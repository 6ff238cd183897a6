import { useState } from 'react';
import { later } from './later.tsx';
import type { PopoverProps } from './popover.ts';

/** The machinery; `preload` it when the browser has nothing to do. */
export const PopoverParts = later(() => import('./lazy/PopoverParts.tsx').then((parts) => parts.PopoverParts));

/** Something small beside what opened it: an emoji picker, who reacted. */
export function Popover(props: PopoverProps) {
  const [wanted, setWanted] = useState(false);
  if (props.open && !wanted) setWanted(true);
  return wanted ? <PopoverParts {...props} /> : null;
}
