/** What servers may cost: how fast each may speak, and what all of them together may hold. */
import { Buckets, type RateLimit } from '../bucket.ts';
import type { Limits } from '../limits.ts';
import { SharedBytes } from './shared-bytes.ts';

export type QuotaLimits = Pick<
  Limits,
  'peers' | 'peerFramesPerSecond' | 'peerBytesPerSecond' | 'peerIncomingBytes' | 'peerOutgoingBytes'
>;

export interface Quotas {
  /** By server: frames and bytes of the parts of the federation. */
  readonly frames: Buckets;
  readonly bytes: Buckets;
  /** By server: frames of the link's own. */
  readonly own: Buckets;
  readonly incoming: SharedBytes;
  readonly outgoing: SharedBytes;
}

/** Credit for 16 MiB a second takes 50 of them. */
const ownPerSecond = 200;

const perSecond = (most: number): RateLimit => ({ burst: 2 * most, perMinute: 60 * most });

export function createQuotas(limits: QuotaLimits, elapsed: () => number): Quotas {
  // A server that linked with a spent bucket finds it so when it comes again.
  const shared = { maxKeys: 4 * limits.peers, elapsed };
  return {
    frames: new Buckets({ ...perSecond(limits.peerFramesPerSecond), ...shared }),
    bytes: new Buckets({ ...perSecond(limits.peerBytesPerSecond), ...shared }),
    own: new Buckets({ ...perSecond(ownPerSecond), ...shared }),
    incoming: new SharedBytes(limits.peerIncomingBytes),
    outgoing: new SharedBytes(limits.peerOutgoingBytes),
  };
}
