/** What linked servers call themselves: claimed when they are linked, and proven by DNS where it is asked. */
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { NameLookup } from './dns/lookup.ts';
import { NameProofs } from './dns/name-proofs.ts';
import type { Names } from './names.ts';
import type { Peers } from './peers.ts';

export interface NameClaimsOptions {
  readonly peers: Pick<Peers, 'whenLinked' | 'whenLost' | 'list'>;
  readonly names: Names;
  /** Without it DNS is not asked, and claims stay claims. */
  readonly lookup: NameLookup | undefined;
  readonly runtime: Pick<Runtime, 'setTimer'>;
  readonly log: Log;
}

/** Watches links from now on; what it returns asks DNS no more. */
export function watchNames({ peers, names, lookup, runtime, log }: NameClaimsOptions): () => void {
  const proofs = lookup && new NameProofs({ lookup, names, runtime, log });
  const claimed = (server: string): string | null => peers.list().find(({ id }) => id === server)?.name ?? null;
  peers.whenLinked((server) => {
    if (proofs) proofs.claimed(server, claimed(server));
    else names.claim(claimed(server), server);
  });
  peers.whenLost((server) => proofs?.lost(server));
  return () => proofs?.close();
}
