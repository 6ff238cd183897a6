import { useEffect, useState } from 'react';
import { useServices } from '../service/services.tsx';
import type { DialogProps } from './dialog.ts';
import { later } from './later.tsx';

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
