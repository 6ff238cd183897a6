import type { ReactNode, RefObject } from 'react';

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
