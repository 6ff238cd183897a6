/**
 * Frames travel in pieces, so that a large one holds up no urgent one: a byte, then up to 16 KiB. The byte's bits 0–2
 * are 0 for a frame of the link's own and else its priority, from 1; bit 6 marks an answer, bit 7 that more follows.
 * Pieces of different priorities may alternate, those of one priority are of one frame after another.
 */
import { linkLimits, Refusal } from '@parley/protocol';
import { type Priority, priorities } from './priority.ts';

export interface Piece {
  /** Undefined for the link's own frames, which are whole and need no credit. */
  readonly priority: Priority | undefined;
  /** Answers are taken at once: what waits in front of them may wait for them. */
  readonly isAnswer: boolean;
  readonly hasMore: boolean;
  readonly bytes: Uint8Array;
}

const answerBit = 0x40;
const moreBit = 0x80;

/** The largest piece with its byte. */
export const maxPieceBytes = linkLimits.pieceBytes + 1;

/** What a piece is charged for, of so many bytes without the first. */
export const costOf = (length: number): number => length + linkLimits.pieceOverheadBytes;

export function encodePiece({ priority, isAnswer, hasMore, bytes }: Piece): Uint8Array {
  const encoded = new Uint8Array(1 + bytes.length);
  const lane = priority === undefined ? 0 : 1 + priorities.indexOf(priority);
  encoded[0] = lane | (isAnswer ? answerBit : 0) | (hasMore ? moreBit : 0);
  encoded.set(bytes, 1);
  return encoded;
}

/** Throws Refusal('bad-frame') for what no honest server sends: of a frame, all pieces but the last are full. */
export function decodePiece(encoded: Uint8Array): Piece {
  const head = encoded[0] ?? 0xff;
  const bytes = encoded.subarray(1);
  const lane = head & ~(answerBit | moreBit);
  const isAnswer = (head & answerBit) !== 0;
  const hasMore = (head & moreBit) !== 0;
  const isOwn = lane === 0;
  if (lane > priorities.length || (isOwn && head !== 0)) throw new Refusal('bad-frame');
  if (bytes.length === 0 || bytes.length > linkLimits.pieceBytes) throw new Refusal('bad-frame');
  if (hasMore && bytes.length < linkLimits.pieceBytes) throw new Refusal('bad-frame');
  return { priority: isOwn ? undefined : priorities[lane - 1], isAnswer, hasMore, bytes };
}
