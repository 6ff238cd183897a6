/** Imports of other chats, and a room's own log as a file and back. */
import { type Handlers, type Payload, type Protocol, Refusal } from '@parley/protocol';
import { signCheckpoint } from '@parley/room';
import { type Access, readableBy, readerOf } from '../access.ts';
import { readBack } from '../archive.ts';
import type { Context } from '../context.ts';
import { newPerson } from '../person.ts';
import type { Draft } from '../rooms.ts';
import { actKey } from '../store/entry.ts';
import { importLabel, type PersonRecord } from '../store/user.ts';

export const archive: Handlers<Protocol['archive'], Context> = {
  async append(context, { room: id, lines }) {
    const { rooms, store, session } = context;
    const room = await rooms.load(id);
    const authors = await authorsOf(context, id, lines);
    const acts = lines.map(({ author, clientId }) => actKey(authors.get(author)!.id, clientId));
    await room.settled();
    const known = await store.entry.known(room.n, acts);
    const fresh = lines.filter((_, i) => !known.has(Buffer.from(acts[i]!).toString('hex')));
    const drafts = fresh.map((line) => imported(authors.get(line.author)!, session.me.session, line));
    const outcomes = await rooms.submit(id, drafts);
    const refused = outcomes.find((outcome) => outcome.type === 'refused');
    if (refused?.type === 'refused') throw new Refusal(refused.code);
    return { added: fresh.length, skipped: lines.length - fresh.length, seq: (await rooms.load(id)).committed.seq };
  },

  async read(context, { room: id, after, limit }) {
    const { store, here } = context;
    const access = await readerOf(context, id);
    const { room } = access;
    await room.settled();
    await mayReadAll(context, access);
    const last = room.committed.seq;
    const entries = await store.entry.forwards(room.n, { from: after + 1, to: last }, limit, false);
    const parts = await store.entry.parts(
      room.n,
      entries.map(({ seq }) => seq),
    );
    const lines = entries.map(({ seq, header }) => ({ header, parts: partsOf(parts, seq) }));
    const more = (entries.at(-1)?.seq ?? last) < last;
    if (more || room.archive) return { lines, more };
    const { state } = room;
    const { pos, chain, stateHash, signature } = signCheckpoint(
      here.crypto,
      state.network,
      id,
      state.head,
      state.chain,
      room.stateHash(here.crypto),
    );
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
  const authors = new Map<string, PersonRecord>();
  for (const name of new Set(lines.map(({ author }) => author))) {
    const label = importLabel(room, name);
    const known = await context.store.person.byLabel(label);
    const wanted = { name, display: null, kind: 'imported', password: null, serverRole: 'user' } as const;
    authors.set(name, known ?? (await newPerson(context, wanted, label)));
  }
  for (const person of authors.values()) context.people.put(person);
  return authors;
}

async function mayReadAll(context: Context, access: Access): Promise<void> {
  const ranges = await readableBy(context, access);
  const all = ranges.length === 1 && ranges[0]!.from === 1 && ranges[0]!.to === access.room.committed.seq;
  const owner = access.member?.role === 'owner';
  if (!all && !owner) throw new Refusal('forbidden');
}

function partsOf(parts: ReadonlyMap<string, { salt: Uint8Array; bytes: Uint8Array }>, seq: number) {
  const out = [];
  for (let i = 0; parts.has(`${seq}/${i}`); i++) out.push({ ...parts.get(`${seq}/${i}`)! });
  return out;
}
