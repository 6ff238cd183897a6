/** Imports of other chats, and a room's own log as a file and back. */
import { type Handlers, limits, type Payload, type Protocol, Refusal } from '@parley/protocol';
import { type Checkpoint, decodeHeader, type Part, signCheckpoint } from '@parley/room';
import { type Access, readableBy, readerOf } from '../access.ts';
import { readBack } from '../archive.ts';
import type { Context } from '../context.ts';
import { type Draft, refusalOf } from '../draft.ts';
import { peopleOf } from '../entry-view.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import { draftPerson } from '../person.ts';
import type { EntryRecord } from '../store/entry.ts';
import { importLabel, type PersonRecord } from '../store/user.ts';

/** Bytes of one page of a log: base64 and what names the people of its lines still fit a frame. */
const pageBytes = Math.floor(limits.frameBytes * 0.6);
/** Entries read at a time, for some are long. */
const readAtOnce = 100;

export const archive: Handlers<Protocol['archive'], Context> = {
  async append(context, { room: id, lines }) {
    const { rooms, session } = context;
    const authors = await authorsOf(context, id, lines);
    const drafts = lines.map((line) => imported(authors.get(line.author)!, session.me.session, line));
    const outcomes = await rooms.submit(id, drafts);
    const refused = outcomes.find((outcome) => outcome.type === 'refused');
    if (refused) throw refusalOf(refused);
    context.here.retention.changed(id);
    const skipped = outcomes.filter((outcome) => outcome.type === 'entry' && outcome.again).length;
    return { added: lines.length - skipped, skipped, seq: (await rooms.load(id)).committed.seq };
  },

  async read(context, { room: id, after, limit }) {
    const access = await readerOf(context, id);
    await mayReadAll(context, access);
    const { last, signed } = await endOf(context, access.room, after + limit);
    const { entries, parts } = await linesAfter(context, access.room.n, { after, last, limit });
    const lines = await named(context, entries, parts);
    const more = (entries.at(-1)?.seq ?? last) < last;
    if (more || !signed) return { lines, more };
    const { pos, chain, stateHash, signature } = signed;
    return { lines, more, checkpoint: { ...pos, chain, state: stateHash, signature } };
  },

  write: (context, payload) => readBack(context, payload),
};

type Line = Payload<'archive.append'>['lines'][number];

function imported(author: PersonRecord, device: string, { clientId, at, kind, text }: Line): Draft {
  const base = { author, device, clientId, clerk: { at } };
  if (kind === 'system') return { ...base, kind: 'system', data: { about: 'import', imported: true }, body: { text } };
  return {
    ...base,
    kind: 'message',
    data: { imported: true },
    body: { text, ...(kind === 'action' ? { action: true } : {}) },
  };
}

/** Identities of the people who said these lines there; made at their first line. */
async function authorsOf(context: Context, room: string, lines: readonly Line[]): Promise<Map<string, PersonRecord>> {
  const { store, people } = context;
  const names = [...new Set(lines.map(({ author }) => author))];
  const labels = names.map((name) => importLabel(room, name));
  let known = await store.person.byLabels(labels);
  const missing = names.filter((_, i) => !known.has(labels[i]!));
  if (missing.length > 0) {
    const wanted = { display: null, kind: 'imported', password: null, serverRole: 'user' } as const;
    await store.person.insertAll(
      missing.map((name) => ({
        person: draftPerson(context, { ...wanted, name }),
        label: importLabel(room, name),
      })),
    );
    known = await store.person.byLabels(labels);
  }
  for (const person of known.values()) people.put(person);
  return new Map(names.map((name, i) => [name, known.get(labels[i]!)!]));
}

async function mayReadAll(context: Context, access: Access): Promise<void> {
  if (access.member?.role === 'owner') return;
  const ranges = await readableBy(context, access);
  if (ranges.length !== 1 || ranges[0]!.from !== 1 || ranges[0]!.to !== access.room.committed.seq)
    throw new Refusal('forbidden');
}

/** Where the log ends for now, vouched for where a page may reach it. */
async function endOf(
  { rooms, store, here }: Context,
  room: LoadedRoom,
  reach: number,
): Promise<{ last: number; signed?: Checkpoint | undefined }> {
  if (room.archive) return { last: room.committed.seq, signed: await store.archive.checkpoint(room.n) };
  if (room.committed.seq > reach) return { last: room.committed.seq };
  return rooms.between(room.id, (quiet) => {
    const { network, head, chain, id } = quiet.state;
    return {
      last: head.seq,
      signed: signCheckpoint(here.crypto, network, id, head, chain, quiet.stateHash(here.crypto)),
    };
  });
}

type Parts = ReadonlyMap<string, Part>;

/** At most a page of entries, as many as fit a frame. */
async function linesAfter(
  { store }: Context,
  n: number,
  { after, last, limit }: { after: number; last: number; limit: number },
): Promise<{ entries: EntryRecord[]; parts: Parts }> {
  const entries: EntryRecord[] = [];
  const parts = new Map<string, Part>();
  let bytes = 0;
  for (let from = after + 1; from <= last && entries.length < limit; from += readAtOnce) {
    const to = Math.min(last, from + readAtOnce - 1, after + limit);
    const some = await store.entry.forwards(n, { from, to }, readAtOnce, false);
    const theirs = await store.entry.parts(
      n,
      some.map(({ seq }) => seq),
    );
    for (const entry of some) {
      const own = partsOf(theirs, entry.seq);
      bytes += own.reduce((sum, part) => sum + (part?.bytes.length ?? 0) + 64, entry.header.length + 256);
      if (bytes > pageBytes && entries.length > 0) return { entries, parts };
      entries.push(entry);
      own.forEach((part, i) => {
        if (part) parts.set(`${entry.seq}/${i}`, part);
      });
    }
  }
  return { entries, parts };
}

/** Lines of a log, each with the people whom the page has not named before. */
async function named({ people }: Context, entries: readonly EntryRecord[], parts: Parts) {
  const users = entries.map(({ header }) => peopleOf(decodeHeader(header)));
  const known = await people.all(users.flat());
  const told = new Set<string>();
  return entries.map(({ seq, header }, i) => {
    const fresh = [...new Set(users[i]!)].filter((user) => known.has(user) && !told.has(user));
    for (const user of fresh) told.add(user);
    const line = { header, parts: partsOf(parts, seq) };
    if (fresh.length === 0) return line;
    return {
      ...line,
      people: fresh.map((user) => {
        const { name, display } = known.get(user)!;
        return { user, name, ...(display === null ? {} : { display }) };
      }),
    };
  });
}

/** Content of an entry by its place; a hole where it was taken away. */
function partsOf(parts: Parts, seq: number): (Part | null)[] {
  const out: (Part | null)[] = [];
  for (let i = 0; i < maxParts; i++) {
    const part = parts.get(`${seq}/${i}`);
    if (!part) continue;
    while (out.length < i) out.push(null);
    out.push({ ...part });
  }
  return out;
}
const maxParts = 8;
