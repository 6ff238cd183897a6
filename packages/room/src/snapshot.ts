/**
 * A room as it stands at a checkpoint, for a server that joins: the state, not the history. The room's id vouches for the
 * Create act and so for the clerk, and the clerk's checkpoint for the leaves.
 */
import { decodeCanonical, limits, Refusal } from '@parley/protocol';
import { type Checkpoint, verifyCheckpoint, vouchesFor } from './checkpoint.ts';
import { stateOfCreate } from './create.ts';
import { type Crypto, equalBytes } from './crypto.ts';
import { decodeHeader } from './header.ts';
import { emptyState, leafDepth, leafOf, putLeaf } from './leaf.ts';
import { leafShapes } from './snapshot-leaf.ts';
import type { RoomState } from './state.ts';
import { allKeys, StateHash } from './state-hash.ts';

export type Leaf = readonly [key: string, value: Uint8Array];

export interface Snapshot {
  network: string;
  room: string;
  /** The room's first header. Its time is for display and vouched for by nobody. */
  create: Uint8Array;
  checkpoint: Checkpoint;
  /** All of them, ascending by key. */
  leaves: readonly Leaf[];
}

const mostOf = {
  members: limits.membersPerRoom,
  invited: limits.invitesPerRoom,
  knocking: limits.invitesPerRoom,
  bans: limits.bansPerRoom,
  mutes: limits.mutesPerRoom,
  pins: limits.pins,
  origins: limits.originsPerRoom,
} as const;
const singles = ['create', 'history', 'info', 'settings'];
/** Leaves of which a state has one or none. */
const optionals = ['servers'];
const mostLeaves = singles.length + optionals.length + Object.values(mostOf).reduce((sum, most) => sum + most, 0);

/** The leaves that the state hash covers, ascending by key in UTF-16 units. */
export function snapshotLeaves(state: RoomState): [key: string, value: Uint8Array][] {
  return allKeys(state)
    .filter((key) => !key.startsWith('~'))
    .sort()
    .map((key) => [key, leafOf(state, key)!]);
}

/**
 * The state that a snapshot is of, with every leaf noted as changed. It has no notes of when restrictions end: those are
 * the clerk's.
 * Errors: `bad-frame` for malformed bytes, `unsupported-room`, and `bad-request` with the field that is wrong: `create`
 * when it does not make this room of this network, `checkpoint` when its clerk did not sign it or it is not for these
 * leaves, `leaves` when one is missing, unknown, out of order, there twice, of a wrong form or beyond the limits.
 */
export function stateOfSnapshot(crypto: Crypto, snapshot: Snapshot): RoomState {
  const { network, room, create, checkpoint, leaves } = snapshot;
  const header = decodeHeader(create);
  const created = stateOfCreate(crypto, header, create);
  if (created.id !== room || created.network !== network || header.pos.term !== 1) throw bad('create');
  const { version, clerk, creator, direct, createdAt } = created;
  if (!verifyCheckpoint(crypto, network, room, clerk, checkpoint)) throw bad('checkpoint');
  if (leaves.length > mostLeaves) throw bad('leaves');
  const { pos, chain } = checkpoint;
  const state = emptyState(room, { pos, chain }, { version, network, clerk, creator, direct, at: createdAt });
  fill(state, leaves, leafOf(created, 'create')!);
  if (!vouchesFor(crypto, state, new StateHash(crypto, state).get(), checkpoint)) throw bad('checkpoint');
  for (const key of allKeys(state)) state.changed.add(key);
  return state;
}

function fill(state: RoomState, leaves: readonly Leaf[], create: Uint8Array): void {
  const missing = new Set(singles);
  let last = '';
  for (const [key, bytes] of leaves) {
    if (key <= last) throw bad('leaves');
    last = key;
    missing.delete(key);
    if (key !== 'create') putChecked(state, key, bytes);
    else if (!equalBytes(bytes, create)) throw bad('leaves');
  }
  const isFull = Object.entries(mostOf).some(([name, most]) => state[name as keyof typeof mostOf].size > most);
  const isOfRule = state.historyRules.at(-1)?.rule === state.settings.history;
  if (missing.size > 0 || isFull || !isOfRule) throw bad('leaves');
}

function putChecked(state: RoomState, key: string, bytes: Uint8Array): void {
  const slash = key.indexOf('/');
  const kind = slash < 0 ? key : key.slice(0, slash);
  const name = slash < 0 ? '' : key.slice(slash + 1);
  const shape = Object.hasOwn(leafShapes, kind) ? leafShapes[kind] : undefined;
  if (!shape || [...singles, ...optionals].includes(kind) !== slash < 0) throw bad('leaves');
  const value = decodeCanonical(bytes, leafDepth);
  if (!Array.isArray(value) || !shape(value, name, state.head.seq)) throw bad('leaves');
  putLeaf(state, key, value);
}

const bad = (field: string): Refusal => new Refusal('bad-request', { field });
