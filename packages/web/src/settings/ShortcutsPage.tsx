import { useEffect, useState } from 'react';
import { Shortcuts } from '../dialogs/Shortcuts.tsx';
import type { KeyBinding } from '../service/keys.ts';
import { useServices, useShownKeys } from '../service/services.tsx';

export function ShortcutsPage() {
  const { keys } = useServices();
  const shown = useShownKeys();
  const [bindings, setBindings] = useState<readonly KeyBinding[]>([]);
  // After the first render: what else is on the screen has bound its keys by then.
  useEffect(() => setBindings(keys.list()), [keys]);
  return <Shortcuts bindings={bindings} shown={shown} heading="h2" />;
}
