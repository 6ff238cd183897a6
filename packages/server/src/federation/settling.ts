/** Outcomes of own acts in rooms of other servers, as their logs have them, for those who wait for one. */
import { type ErrorCode, isErrorCode } from '@parley/protocol';
import { readHeader, type What } from '@parley/room';
import type { Written } from '../append.ts';
import type { Outcome } from '../draft.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Log } from '../log.ts';
import type { EntryRecord } from '../store/entry.ts';
import type { Store } from '../store/store.ts';

export interface Place {
  term: number;
  seq: number;
  at: number;
}

export interface SettlingOptions {
  readonly store: Pick<Store, 'entry'>;
  readonly log: Log;
  /** This server. */
  readonly id: string;
  readonly refused: (room: string, user: string, clientId: string, code: ErrorCode) => void;
  /** Its entry is told to the room's readers, as any. */
  readonly stands: (room: string, user: string, clientId: string) => void;
  /** The same was done before, and stands there. */
  readonly repeated: (room: string, user: string, clientId: string, place: Place) => void;
}

type Tombstone = What & { type: 'tombstone' };

/** To be called with what is on disk now. */
export function settling(options: SettlingOptions): (room: LoadedRoom, written: readonly Written[]) => void {
  const { id, log, refused, stands } = options;
  return (room, written) => {
    for (const { header } of written) {
      const { what, at } = header;
      if ((what.type !== 'envelope' && what.type !== 'tombstone') || what.stamp.origin !== id) continue;
      if (what.type === 'envelope') stands(room.id, what.act.user, what.act.clientId);
      else if (!what.duplicateOf) refused(room.id, what.user, what.clientId, codeOf(what));
      else
        tellRepeated(options, room, what, at).catch((error) =>
          log.warn({ error, room: room.id }, 'the outcome of a repeated act could not be told'),
        );
    }
  };
}

/** What was done before has the outcome that it had then. One from before this server's time is taken at its clerk's word. */
async function tellRepeated(options: SettlingOptions, room: LoadedRoom, what: Tombstone, at: number): Promise<void> {
  const { user, clientId } = what;
  const { term, seq } = what.duplicateOf!;
  const first = await options.store.entry.bySeq(room.n, seq);
  const before = first && readHeader(first.header).what;
  if (before?.type === 'tombstone') options.refused(room.id, user, clientId, codeOf(before));
  else options.repeated(room.id, user, clientId, { term, seq, at: first?.at ?? at });
}

const codeOf = ({ code }: Tombstone): ErrorCode => (isErrorCode(code) ? code : 'internal');

/** What became of an act that has its outcome in the log. */
export function standingOf(record: EntryRecord): Outcome {
  const { term, seq, at } = record;
  if (record.kind !== 'tombstone') return { type: 'entry', term, seq, at, again: true };
  const { what } = readHeader(record.header);
  const code = what.type === 'tombstone' && isErrorCode(what.code) ? what.code : 'internal';
  return { type: 'refused', code };
}
