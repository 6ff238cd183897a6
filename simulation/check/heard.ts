// What devices were told, held against the log: every ack is true (S3), every entry is as it stands there, in order and
// without gaps, and nobody was told what the history rules keep from them (S8).
import assert from 'node:assert/strict';
import type { HistoryRule, MemberChange, RawEntry } from '@parley/protocol';
import type { RoomLog } from '../log.ts';

/** Acts that are not done again when they were done: the same emoji, a pin. The ack names the act that was. */
export const repeatable = new Set(['react', 'pin', 'unpin']);

/** One thing that a device was told on its link. */
export type Heard =
  | { type: 'acked'; user: string; room: string; clientId: string; seq: number }
  | { type: 'entry'; user: string; entry: RawEntry; live: boolean; connection: string }
  /** Their server keeps the act until another one has decided, and later what that one decided. */
  | { type: 'queued'; user: string; room: string; clientId: string; atMs: number }
  | { type: 'decided'; user: string; room: string; clientId: string; outcome: string }
  /** They ask to come in, to be let in or to be out: what else they wanted of the room and waits is given up for it. */
  | { type: 'wished'; user: string; room: string; clientId: string; isAnswered: boolean }
  /** A guest watches from here on. */
  | { type: 'watching'; user: string; room: string; from: number };

/** Checks everything that was heard. */
export function checkHeard(heard: readonly Heard[], logs: readonly RoomLog[]): void {
  const byId = new Map(logs.map((log) => [log.id, log]));
  const readers = new Readers(logs, heard);
  const lastLive = new Map<string, number>();
  for (const word of heard) {
    if (word.type === 'acked') checkAck(word, byId.get(word.room));
    if (word.type !== 'entry') continue;
    const { entry, user, live, connection } = word;
    const log = byId.get(entry.room);
    assert.ok(log, `${user} was told of ${entry.room}, which is not on disk (S3)`);
    checkEntry(user, entry, log);
    for (const seq of seqsIn(entry))
      assert.ok(
        readers.allowed(user, log, seq),
        `${connection} was told entry ${seq} of #${log.row.alias} ${live ? 'live' : 'on a page'} (S8)`,
      );
    if (!live) continue;
    const key = `${connection}/${entry.room}`;
    const last = lastLive.get(key) ?? 0;
    assert.ok(entry.seq > last, `${user} was told entry ${entry.seq} after ${last} of ${log.id}`);
    lastLive.set(key, entry.seq);
  }
}

/** An entry on a page brings along what became of it. */
function seqsIn({ seq, edited, redacted, reactions = [] }: RawEntry): number[] {
  return [seq, ...[edited, redacted, ...reactions].flatMap((each) => each?.seq ?? [])];
}

function checkAck(ack: Heard & { type: 'acked' }, log: RoomLog | undefined): void {
  const { user, room, clientId, seq } = ack;
  assert.ok(log, `${user} has an ack of ${room}, which is not on disk (S3)`);
  const entry = log.entries.find((each) => each.seq === seq);
  assert.ok(
    entry?.act?.user === user && entry.act.clientId === clientId,
    `${user} has an ack of ${clientId} at ${seq} of ${room}, where stands ${entry?.act?.clientId ?? 'nothing'} (S3)`,
  );
}

function checkEntry(user: string, told: RawEntry, log: RoomLog): void {
  const stands = log.entries[told.seq - 1];
  const what = `entry ${told.seq} of ${log.id}`;
  assert.ok(stands, `${user} was told ${what}, which is not on disk (S3)`);
  const { act, header, body } = stands;
  assert.deepEqual([told.term, told.at], [header.pos.term, header.at], `${user} was told another time of ${what}`);
  if (!act) return;
  const said = [told.kind, told.user, told.clientId, told.target, told.data];
  const target = act.target && { ...act.target };
  const is = [act.kind, act.user, act.clientId, target, act.data];
  assert.deepEqual(
    JSON.parse(JSON.stringify(said)),
    JSON.parse(JSON.stringify(is)),
    `${user} was told another ${what}`,
  );
  // Words may be taken away later, never changed.
  if (body !== null && told.body !== null) assert.deepEqual(told.body, body, `${user} was told other words in ${what}`);
}

interface Rules {
  /** From which seq on which rule holds, ascending. */
  history: { from: number; rule: HistoryRule }[];
  stays: Map<string, { from: number; to: number }[]>;
}

/** Who may read which entry, at any moment of the log from that entry on. */
class Readers {
  readonly #rules = new Map<string, Rules>();
  readonly #watched = new Map<string, number>();

  constructor(logs: readonly RoomLog[], heard: readonly Heard[]) {
    for (const log of logs) this.#rules.set(log.id, rulesOf(log));
    for (const word of heard) {
      if (word.type !== 'watching') continue;
      const key = `${word.user}/${word.room}`;
      this.#watched.set(key, Math.min(word.from, this.#watched.get(key) ?? word.from));
    }
  }

  allowed(user: string, log: RoomLog, seq: number): boolean {
    const { history, stays } = this.#rules.get(log.id)!;
    const rule = history.findLast(({ from }) => from <= seq)?.rule;
    const mine = stays.get(user) ?? [];
    const watched = this.#watched.get(`${user}/${log.id}`);
    if (rule === 'world') return true;
    if (rule === 'all') return watched !== undefined || mine.some(({ to }) => to >= seq);
    return mine.some(({ from, to }) => from <= seq && seq <= to) || (watched !== undefined && watched <= seq);
  }
}

function rulesOf({ entries }: RoomLog): Rules {
  const history: Rules['history'] = [];
  const stays: Rules['stays'] = new Map();
  const enter = (user: string, from: number) =>
    stays.set(user, [...(stays.get(user) ?? []), { from, to: Number.POSITIVE_INFINITY }]);
  for (const { seq, act } of entries) {
    const data = (act?.data ?? {}) as { history?: HistoryRule; change?: MemberChange; subject?: string };
    if (act?.kind === 'create') {
      history.push({ from: seq, rule: data.history ?? 'all' });
      enter(act.user, seq);
    }
    if (act?.kind === 'settings' && data.history) history.push({ from: seq, rule: data.history });
    if (act?.kind !== 'member' || data.subject === undefined) continue;
    if (data.change === 'join') enter(data.subject, seq);
    if (data.change === 'leave' || data.change === 'kick' || data.change === 'ban') {
      const last = stays.get(data.subject)?.at(-1);
      if (last && last.to === Number.POSITIVE_INFINITY) last.to = seq;
    }
  }
  return { history, stays };
}
