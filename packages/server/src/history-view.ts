/** Stored entries as clients see them, with what became of messages since. */
import type { RawEntry, Reaction } from '@parley/protocol';
import { decodeHeader, type Header, pinKey } from '@parley/room';
import type { Context } from './context.ts';
import { actOf, entryView, peopleOf, readBody } from './entry-view.ts';
import type { LoadedRoom } from './loaded-room.ts';
import { type EntryRecord, keyText } from './store/entry.ts';

type Needs = Pick<Context, 'store' | 'people' | 'here'>;

/** @param annotate adds edits, reactions, redaction and pins to messages */
export async function viewEntries(
  context: Needs,
  room: LoadedRoom,
  records: readonly EntryRecord[],
  annotate: boolean,
): Promise<RawEntry[]> {
  if (records.length === 0) return [];
  const { store, people, here } = context;
  const messages = annotate ? records.filter(({ kind }) => kind === 'message') : [];
  const about = await store.entry.about(
    room.n,
    messages.map(({ act }) => act),
  );
  const headers = new Map<number, Header>(
    [...records, ...about].map((record) => [record.seq, decodeHeader(record.header)]),
  );
  const parts = await store.entry.parts(room.n, [...headers.keys()]);
  await people.load([...headers.values()].flatMap(peopleOf));
  const view = (record: EntryRecord): RawEntry =>
    entryView(room, headers.get(record.seq)!, readBody(parts.get(`${record.seq}/0`)), people, here);
  const notes = new Map<string, Notes>(messages.map((record) => [keyText(record.act), new Notes()]));
  for (const record of about) notes.get(keyText(record.target))?.add(view(record));
  return records.map((record) => {
    const entry = view(record);
    notes.get(keyText(record.act))?.onto(entry);
    const act = actOf(headers.get(record.seq)!);
    if (annotate && act && room.state.pins.has(pinKey(act.user, act.clientId))) entry.pinned = true;
    return entry;
  });
}

/** Folds the entries about one message, in order of the log. */
class Notes {
  readonly #reactions = new Map<string, Reaction>();
  #edited: RawEntry['edited'];
  #redacted: RawEntry['redacted'];

  add(entry: RawEntry): void {
    const { kind, seq, at, user, name, clientId, body } = entry;
    if (kind === 'react' && body)
      this.#reactions.set(`${user}/${clientId}`, {
        emoji: (body as { emoji: string }).emoji,
        user,
        name,
        clientId,
        seq,
      });
    else if (kind === 'edit') this.#edited = { seq, at, body: body as never };
    else if (kind === 'redact') {
      const { reason } = (body ?? {}) as { reason?: string };
      this.#redacted ??= { seq, at, user, name, ...(reason ? { reason } : {}) };
    }
  }

  onto(entry: RawEntry): void {
    if (this.#redacted) entry.redacted = this.#redacted;
    else if (this.#edited) entry.edited = this.#edited;
    const reactions = [...this.#reactions.values()].slice(0, 1_000);
    if (reactions.length > 0 && !this.#redacted) entry.reactions = reactions;
  }
}
