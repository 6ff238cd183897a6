/** What any part of the signed-in app may ask of the shell. */
import { createContext, useContext } from 'react';

export type Overlay = 'switcher' | 'write' | 'create' | 'browse' | 'help';

export interface ShellActions {
  open(overlay: Overlay): void;
  /** Leaves a room, or stops watching it; the note at the foot takes it back for some seconds. */
  leave(room: string): void;
  /** Declines an invitation, with the same way back. */
  decline(room: string): void;
  signOut(): void;
}

export const ShellContext = createContext<ShellActions | undefined>(undefined);

export function useShell(): ShellActions {
  const actions = useContext(ShellContext);
  if (!actions) throw new Error('ShellContext is missing');
  return actions;
}
