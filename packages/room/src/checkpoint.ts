/** The clerk's word for a position: chain and state, signed. Two different ones at one position prove a fork. */
import { encodeCbor, idBytes, type Position } from '@parley/protocol';
import type { Crypto } from './crypto.ts';

export interface Checkpoint {
  pos: Position;
  chain: Uint8Array;
  stateHash: Uint8Array;
  signature: Uint8Array;
}

/** What a checkpoint's signature covers. */
export function checkpointBytes(
  network: string,
  room: string,
  pos: Position,
  chain: Uint8Array,
  stateHash: Uint8Array,
): Uint8Array {
  return encodeCbor(['parley checkpoint v1', network, idBytes(room), pos.term, pos.seq, chain, stateHash]);
}

export function signCheckpoint(
  crypto: Crypto,
  network: string,
  room: string,
  pos: Position,
  chain: Uint8Array,
  stateHash: Uint8Array,
): Checkpoint {
  return { pos, chain, stateHash, signature: crypto.sign(checkpointBytes(network, room, pos, chain, stateHash)) };
}

/** True when `clerk` (a server id) signed it. */
export function verifyCheckpoint(
  crypto: Crypto,
  network: string,
  room: string,
  clerk: string,
  checkpoint: Checkpoint,
): boolean {
  const { pos, chain, stateHash, signature } = checkpoint;
  return crypto.verify(idBytes(clerk), checkpointBytes(network, room, pos, chain, stateHash), signature);
}
