/** Stored entries as clients see them, with what became of messages since. */
import { type RawEntry, type Reaction, readEntry } from '@parley/protocol';
import { type Header, pinKey, type Range, readHeader, within } from '@parley/room';
import type { Context } from './context.ts';
import { actOf, entryView, peopleOf, readBody } from './entry-view.ts';
import type { LoadedRoom } from './loaded-room.ts';
import { type EntryRecord, keyText } from './store/entry.ts';
import type { AboutRecord } from './store/entry-note.ts';

type Needs = Pick<Context, 'store' | 'people' | 'here'>;

/** Reactions of one message that are shown. */
const reactionsShown = 1_000;

/** @param visible adds edits, reactions, redaction and pins to messages, as far as they lie in these ranges */
export async function viewEntries(
  context: Needs,
  room: LoadedRoom,
  records: readonly EntryRecord[],
  visible?: readonly Range[],
): Promise<RawEntry[]> {
  if (records.length === 0) return [];
  const { store, people, here } = context;
  const messages = visible ? records.filter(({ kind }) => kind === 'message') : [];
  const about = await notesOn(context, room, messages, visible ?? []);
  const headers = new Map<number, Header>(
    [...records, ...about].map((record) => [record.seq, readHeader(record.header)]),
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
    if (visible && act && room.state.pins.has(pinKey(act.user, act.clientId))) entry.pinned = true;
    return entry;
  });
}

/** Bytes of an entry on the wire: those of JSON, for CBOR is never longer. */
export const sizeOf = (entry: RawEntry): number => Buffer.byteLength(JSON.stringify(entry)) + 1;

/** The newest edit, the redaction and the reactions of messages, ascending. */
async function notesOn(
  { store }: Needs,
  room: LoadedRoom,
  messages: readonly EntryRecord[],
  visible: readonly Range[],
): Promise<AboutRecord[]> {
  if (messages.length === 0) return [];
  const acts = messages.map(({ act }) => act);
  const reactions = await store.entry.reactions(room.n, acts);
  const changes = await store.entry.changes(room.n, acts);
  const last = new Map<string, number>();
  for (const { seq, target, kind } of changes) {
    const name = `${kind}/${keyText(target)}`;
    if (within(visible, seq) && !last.has(name)) last.set(name, seq);
  }
  const found = [
    ...reactions.filter(({ seq }) => within(visible, seq)),
    ...(await store.entry.bySeqs(room.n, last.values())),
  ];
  return found.sort((a, b) => a.seq - b.seq);
}

/** What became of one message, in order of the log. */
class Notes {
  readonly #reactions: Reaction[] = [];
  #edited: RawEntry['edited'];
  #redacted: RawEntry['redacted'];

  add(raw: RawEntry): void {
    const entry = readEntry(raw);
    if (!entry) return;
    const { seq, at, user, name, clientId } = entry;
    if (entry.kind === 'react' && entry.body)
      this.#reactions.push({ emoji: entry.body.emoji, user, name, clientId, seq });
    else if (entry.kind === 'edit') this.#edited = { seq, at, body: entry.body };
    else if (entry.kind === 'redact') {
      const reason = entry.body?.reason;
      this.#redacted = { seq, at, user, name, ...(reason ? { reason } : {}) };
    }
  }

  onto(entry: RawEntry): void {
    if (this.#redacted) entry.redacted = this.#redacted;
    else if (this.#edited) entry.edited = this.#edited;
    if (this.#reactions.length > 0 && !this.#redacted) entry.reactions = this.#reactions.slice(0, reactionsShown);
  }
}
