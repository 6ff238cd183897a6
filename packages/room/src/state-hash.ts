/**
 * The hash that a checkpoint signs: SHA-256 over 256 buckets, each the hash of its leaves in order of keys. Only buckets
 * with a changed leaf are hashed again, so a checkpoint in a room of 10,000 members costs what changed.
 */
import { encodeCbor } from '@parley/protocol';
import { type Crypto, zeroHash } from './crypto.ts';
import { leafOf } from './leaf.ts';
import type { RoomState } from './state.ts';

const utf8 = new TextEncoder();

export class StateHash {
  readonly #crypto: Crypto;
  readonly #leaves: Map<string, Uint8Array>[] = Array.from({ length: 256 }, () => new Map());
  readonly #buckets: Uint8Array[] = Array.from({ length: 256 }, () => zeroHash);
  readonly #stale = new Set<number>();

  constructor(crypto: Crypto, state: RoomState) {
    this.#crypto = crypto;
    this.update(state, allKeys(state));
  }

  /** Takes the present value of these leaves. */
  update(state: RoomState, keys: Iterable<string>): void {
    for (const key of keys) {
      if (key.startsWith('~')) continue;
      const bucket = this.#crypto.sha256(utf8.encode(key))[0]!;
      const value = leafOf(state, key);
      if (value) this.#leaves[bucket]!.set(key, value);
      else this.#leaves[bucket]!.delete(key);
      this.#stale.add(bucket);
    }
  }

  get(): Uint8Array {
    for (const bucket of this.#stale) {
      const leaves = [...this.#leaves[bucket]!].sort(([a], [b]) => (a < b ? -1 : 1));
      this.#buckets[bucket] = leaves.length === 0 ? zeroHash : this.#crypto.sha256(encodeCbor(leaves));
    }
    this.#stale.clear();
    return this.#crypto.sha256(...this.#buckets);
  }
}

/** Every leaf that a state has. */
export function allKeys(state: RoomState): string[] {
  const keys = ['create', '~created', 'settings', 'info', 'history'];
  if (state.servers) keys.push('servers');
  const of = (kind: string, map: Map<string, unknown>) => {
    for (const name of map.keys()) keys.push(`${kind}/${name}`);
  };
  of('member', state.members);
  of('invited', state.invited);
  of('knocking', state.knocking);
  of('ban', state.bans);
  of('mute', state.mutes);
  of('pin', state.pins);
  of('origin', state.origins);
  of('~due', state.due);
  return keys;
}
