/** Other servers: where they are dialled, which key answered there first, and which are blocked. */
import type { Database } from './database.ts';

export interface PeerAddressRecord {
  /** Or a name in DNS. */
  url: string;
  /** The id of the server that answered first, or that DNS names; it is held to it. */
  server: string | undefined;
  /** Whether the configuration names it, rather than an operator. */
  configured: boolean;
}
export interface PeerRecord {
  server: string;
  /** As it last called itself. */
  name: string | undefined;
  blocked: boolean;
}

export type PeerStore = ReturnType<typeof peerStore>;

export function peerStore(db: Database) {
  return {
    async addresses(): Promise<PeerAddressRecord[]> {
      const rows = await db.all<{ url: string; server: string | null; configured: number }>(
        'SELECT url, server, configured FROM peer_url ORDER BY url',
      );
      return rows.map(({ url, server, configured }) => ({
        url,
        server: server ?? undefined,
        configured: configured === 1,
      }));
    },
    async servers(): Promise<PeerRecord[]> {
      const rows = await db.all<{ server: string; name: string | null; blocked: number }>(
        'SELECT server, name, blocked FROM peer ORDER BY server',
      );
      return rows.map(({ server, name, blocked }) => ({ server, name: name ?? undefined, blocked: blocked === 1 }));
    },
    /** Keeps the pin of an address that is known; what an operator put in stays the operator's. */
    putAddress: (url: string, configured: boolean) =>
      db.run(
        'INSERT INTO peer_url (url, configured) VALUES (?, ?) ON CONFLICT (url) DO UPDATE SET configured = peer_url.configured * excluded.configured',
        [url, configured ? 1 : 0],
      ),
    removeAddress: (url: string) => db.run('DELETE FROM peer_url WHERE url = ?', [url]),
    pin: (url: string, server: string) => db.run('UPDATE peer_url SET server = ? WHERE url = ?', [server, url]),
    name: (server: string, name: string) =>
      db.run(
        'INSERT INTO peer (server, name, blocked) VALUES (?, ?, 0) ON CONFLICT (server) DO UPDATE SET name = excluded.name',
        [server, name],
      ),
    block: (server: string, blocked: boolean) =>
      db.run(
        'INSERT INTO peer (server, blocked) VALUES (?, ?) ON CONFLICT (server) DO UPDATE SET blocked = excluded.blocked',
        [server, blocked ? 1 : 0],
      ),
    /** Forgets servers that are neither blocked nor dialled anywhere. */
    tidy: () =>
      db.run(
        'DELETE FROM peer WHERE blocked = 0 AND NOT EXISTS (SELECT 1 FROM peer_url WHERE peer_url.server = peer.server)',
      ),
  };
}
