/** The clerk's word for a position: chain and state, signed. Two different ones at one position prove a fork. */
import { encodeCbor, idBytes, type Position } from '@parley/protocol';
import { type Crypto, equalBytes } from './crypto.ts';
import type { RoomState } from './state.ts';

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

/** True when `checkpoint` is the word of the room's clerk for exactly this state, whose hash is `stateHash`. */
export function vouchesFor(
  crypto: Crypto,
  { id, network, clerk, head, chain }: RoomState,
  stateHash: Uint8Array,
  checkpoint: Checkpoint,
): boolean {
  return (
    isAt(checkpoint, head) &&
    equalBytes(checkpoint.chain, chain) &&
    equalBytes(checkpoint.stateHash, stateHash) &&
    verifyCheckpoint(crypto, network, id, clerk, checkpoint)
  );
}

/** True when `clerk` signed two different logs: the proof of it, for anybody. */
export function isForkProof(
  crypto: Crypto,
  network: string,
  room: string,
  clerk: string,
  a: Checkpoint,
  b: Checkpoint,
): boolean {
  const isSame = equalBytes(a.chain, b.chain) && equalBytes(a.stateHash, b.stateHash);
  const isSigned = (checkpoint: Checkpoint) => verifyCheckpoint(crypto, network, room, clerk, checkpoint);
  return isAt(a, b.pos) && !isSame && isSigned(a) && isSigned(b);
}

const isAt = ({ pos }: Checkpoint, { term, seq }: Position): boolean => pos.term === term && pos.seq === seq;
