import type { Client, ServerName } from '@parley/client';
import { serverOf } from '@parley/protocol';
import { useReadable } from './useReadable.ts';

/** The server of a person; undefined for one's own. `told`: what it was called where the person was seen. */
export function useServerOf(client: Client, user: string, told: string | undefined): ServerName | undefined {
  return useReadable(client.servers, () => (told === undefined ? undefined : client.servers.of(serverOf(user))));
}
