import type { Client } from '@parley/client';
import type { SignedIn } from '@parley/protocol';

/** What every dialog of the shell gets. */
export interface OverlayProps {
  client: Client;
  me: SignedIn;
  close(): void;
}
