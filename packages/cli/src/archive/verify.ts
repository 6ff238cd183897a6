/** Holds a log against its chain, line by line, and its end against the checkpoint that the room's server signed. */
import { createPublicKey, verify } from 'node:crypto';
import { encodeCbor, idBytes, type Payload } from '@parley/protocol';
import { equal, type LineView, type LogLine, nextChain, partsMatch, readHeader } from './log-line.ts';

export type Checkpoint = NonNullable<Payload<'archive.write'>['checkpoint']>;

export interface Verifier {
  /** Takes the next line; returns what is wrong with it, or what it says. */
  next(line: LogLine): { wrong: string } | LineView;
  /** After the last line: what is wrong with the end, or undefined. */
  end(checkpoint: Checkpoint): string | undefined;
  /** What the first line created. */
  readonly created: LineView['created'];
}

export function verifier(): Verifier {
  let chain: Uint8Array = new Uint8Array(32);
  let created: LineView['created'];
  let last: { term: number; seq: number } | undefined;
  return {
    get created() {
      return created;
    },
    next({ header, parts }) {
      const view = readHeader(header);
      if (!view) return { wrong: 'is no line of a log' };
      const { term, seq } = view;
      if (seq !== (last?.seq ?? 0) + 1 || term < (last?.term ?? 0))
        return {
          wrong: `has the place ${term}.${seq}, which does not follow ${last ? `${last.term}.${last.seq}` : 'the beginning'}`,
        };
      if ((view.created !== undefined) !== (seq === 1)) return { wrong: 'creates no room, or not at the beginning' };
      if (!partsMatch(view, parts)) return { wrong: 'holds a text that was changed' };
      created ??= view.created;
      chain = nextChain(chain, header);
      last = { term, seq };
      return view;
    },
    end(checkpoint) {
      if (!last || !created) return 'it holds no lines';
      if (checkpoint.term !== last.term || checkpoint.seq !== last.seq)
        return `it ends at ${last.term}.${last.seq}, its checkpoint at ${checkpoint.term}.${checkpoint.seq}`;
      if (!equal(checkpoint.chain, chain)) return 'a line was changed, left out or added: the chain has another end';
      return isSigned(checkpoint, created) ? undefined : 'its checkpoint is not signed by the server of the room';
    },
  };
}

/** [rooms.md, The log]: Ed25519 over label, network, room, position, chain and state, by the clerk's key. */
function isSigned(checkpoint: Checkpoint, { network, room, clerk }: NonNullable<LineView['created']>): boolean {
  const { term, seq, chain, state, signature } = checkpoint;
  const signed = encodeCbor(['parley checkpoint v1', network, idBytes(room), term, seq, chain, state]);
  try {
    const x = idBytes(clerk).toBase64({ alphabet: 'base64url', omitPadding: true });
    return verify(null, signed, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature);
  } catch {
    return false;
  }
}
