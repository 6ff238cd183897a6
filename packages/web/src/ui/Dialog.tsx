import { type ReactNode, type RefObject, useEffect, useState } from 'react';
import { useServices } from '../service/services.tsx';
import { later } from './later.tsx';

export interface DialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  about?: ReactNode;
  /** No heading and no padding: the content draws the whole dialog; `title` is its name. */
  bare?: boolean | undefined;
  width?: 'wide' | undefined;
  initialFocus?: RefObject<HTMLElement | null> | undefined;
  children: ReactNode;
}

/** The machinery; `preload` it when the browser has nothing to do. */
export const DialogParts = later(() => import('./lazy/DialogParts.tsx').then((parts) => parts.DialogParts));

/** A modal dialog; a sheet on phones. Esc closes it and the focus goes back to where it was. */
export function Dialog(props: DialogProps) {
  const { keys } = useServices();
  const [wanted, setWanted] = useState(false);
  if (props.open && !wanted) setWanted(true);
  useEffect(() => (props.open ? keys.cover() : undefined), [props.open, keys]);
  return wanted ? <DialogParts {...props} /> : null;
}
