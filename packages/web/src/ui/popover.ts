import type { ReactNode } from 'react';

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
