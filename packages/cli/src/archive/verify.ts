/** Holds a log against its chain, line by line, and its end against the checkpoint that the room's server signed. */
import { type Payload, Refusal } from '@parley/protocol';
import { decodeHeader, equalBytes, follow, type RoomState, StateHash, verifyCheckpoint } from '@parley/room';
import { crypto } from './crypto.ts';

type Page = Payload<'archive.write'>;
export type LogLine = Page['lines'][number];
export type Checkpoint = NonNullable<Page['checkpoint']>;

export interface Verifier {
  /** Takes the next line; returns what is wrong with it, or undefined. After that it takes no more. */
  next(line: LogLine): string | undefined;
  /** After the last line: what is wrong with the end, or undefined. */
  end(checkpoint: Checkpoint): string | undefined;
  /** The room that the first line makes. */
  readonly room: string | undefined;
}

export function verifier(): Verifier {
  let state: RoomState | undefined;
  return {
    get room() {
      return state?.id;
    },
    next(line) {
      try {
        state = follow(crypto, state, line.header, line.parts).state;
        return undefined;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return wordsOf(error, line, state);
      }
    },
    end: (checkpoint) => (state ? faultOf(checkpoint, state) : 'it holds no lines'),
  };
}

function wordsOf({ code, detail }: Refusal, { header }: LogLine, state: RoomState | undefined): string {
  if (code === 'unsupported-room') return 'makes a room of a later version';
  if (code !== 'bad-request') return 'is no line of a log';
  if (detail.field === 'parts') return 'holds a text that was changed';
  if (!state) return 'makes no room, as the beginning of a log does';
  if (detail.field !== 'pos') return 'does not follow the line that its server wrote before';
  const { pos } = decodeHeader(header);
  return `has the place ${pos.term}.${pos.seq}, which does not follow ${state.head.term}.${state.head.seq}`;
}

function faultOf({ state: stateHash, chain, signature, ...pos }: Checkpoint, state: RoomState): string | undefined {
  const { head, network, id, clerk } = state;
  if (pos.term !== head.term || pos.seq !== head.seq)
    return `it ends at ${head.term}.${head.seq}, its checkpoint at ${pos.term}.${pos.seq}`;
  if (!equalBytes(chain, state.chain)) return 'a line was changed, left out or added: the chain has another end';
  if (!equalBytes(stateHash, new StateHash(crypto, state).get()))
    return 'its lines lead to another state of the room than its checkpoint says';
  if (!verifyCheckpoint(crypto, network, id, clerk, { pos, chain, stateHash, signature }))
    return 'its checkpoint is not signed by the server of the room';
  return undefined;
}
