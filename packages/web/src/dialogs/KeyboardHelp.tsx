import { useState } from 'react';
import { useServices, useShownKeys } from '../service/services.tsx';
import type { OverlayProps } from '../shell/overlay.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Shortcuts } from './Shortcuts.tsx';

/** `?`: every key that does something now. */
export function KeyboardHelp({ close }: Pick<OverlayProps, 'close'>) {
  const { keys } = useServices();
  const [bindings] = useState(() => keys.list());
  const shown = useShownKeys();
  return (
    <Dialog open onOpenChange={(open) => !open && close()} title="Shortcuts" width="wide">
      <Shortcuts bindings={bindings} shown={shown} heading="h3" />
    </Dialog>
  );
}
