import { lazy, type ReactNode, type RefObject, Suspense, useEffect, useState } from 'react';
import { useServices } from '../service/services.tsx';

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

const load = () => import('./lazy/DialogParts.tsx');
const DialogParts = lazy(() => load().then((parts) => ({ default: parts.DialogParts })));

/** A modal dialog; a sheet on phones. Esc closes it and the focus goes back to where it was. */
export function Dialog(props: DialogProps) {
  const { keys } = useServices();
  const [wanted, setWanted] = useState(false);
  if (props.open && !wanted) setWanted(true);
  useEffect(() => (props.open ? keys.cover() : undefined), [props.open, keys]);
  return wanted ? (
    <Suspense>
      <DialogParts {...props} />
    </Suspense>
  ) : null;
}
