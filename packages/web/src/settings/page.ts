import type { Client } from '@parley/client';
import type { SignedIn } from '@parley/protocol';

/** What every page of the settings gets. */
export interface PageProps {
  client: Client;
  me: SignedIn;
}
