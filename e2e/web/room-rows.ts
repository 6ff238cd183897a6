/** Rows of a room for looking at it and testing it: every kind of row, in the order of the drawn screens. */
import type { MessageRow, NoticeRow, Row, UnknownRow } from '@parley/client';
import type { Entry, RawEntry } from '@parley/protocol';

const server = 'a'.repeat(52);
/** Ids as they look on the wire; each name has its own colour. */
export const idOf = (name: string): string =>
  `${name
    .replace(/[^a-z]/g, 'x')
    .padEnd(16, 'b')
    .slice(0, 16)}.${server}`;

const minute = 60_000;

export class RowMaker {
  rows: Row[] = [];
  at: number;
  seq: number;
  readonly me: string;

  constructor(me: string, at: number, seq = 1) {
    this.me = me;
    this.at = at;
    this.seq = seq;
  }

  wait(minutes: number): this {
    this.at += minutes * minute;
    return this;
  }

  says(name: string, text: string, more: Partial<MessageRow> = {}): this {
    const low = name.toLowerCase();
    const user = low === 'ilvi' ? this.me : idOf(low);
    const seq = 'seq' in more ? more.seq : this.seq++;
    const clientId = `c${this.rows.length}`;
    const row: MessageRow = {
      type: 'message',
      key: `${user}/${clientId}`,
      user,
      name: low,
      display: name,
      server: undefined,
      clientId,
      seq,
      at: this.at,
      body: { text },
      mine: user === this.me,
      mentionsMe: false,
      state: 'sent',
      code: undefined,
      retryAt: undefined,
      edited: undefined,
      redacted: undefined,
      reactions: [],
      pinned: false,
      imported: false,
      ...more,
    };
    this.rows.push(row);
    return this;
  }

  /** A notice of `kind`; `name` acts. */
  notes(name: string, kind: string, data: object, more: object = {}): this {
    const low = name.toLowerCase();
    const seq = this.seq++;
    const entry = {
      room: 'r',
      term: 1,
      seq,
      at: this.at,
      kind,
      user: low === 'ilvi' ? this.me : idOf(low),
      name: low,
      display: name,
      clientId: `n${seq}`,
      data,
      body: null,
      ...more,
    } as unknown as Entry;
    const row: NoticeRow = { type: 'notice', key: `n${seq}`, seq, at: this.at, entry };
    this.rows.push(row);
    return this;
  }

  moves(name: string, change: 'join' | 'leave', more: object = {}): this {
    return this.notes(name, 'member', { change, subject: idOf(name.toLowerCase()) }, { subjectName: name, ...more });
  }

  unknown(name: string): this {
    const seq = this.seq++;
    const entry = { kind: 'hologram', name, display: name, user: idOf(name.toLowerCase()), seq } as unknown as RawEntry;
    const row: UnknownRow = { type: 'unknown', key: `u${seq}`, seq, at: this.at, entry };
    this.rows.push(row);
    return this;
  }

  get last(): MessageRow {
    return this.rows.findLast((row) => row.type === 'message') as MessageRow;
  }
}

const people = (...names: string[]) =>
  names.map((name, at) => ({ user: idOf(name.toLowerCase()), name, clientId: `r${name}${at}` }));
const code =
  "Same here. The feed now leaves the time empty for ferries that run **on request**. This gets past it until the parser knows better:\n\n```ts\nconst departures = rows\n  .filter((row) => row.departs !== '')  // on request: no time\n  .map((row) => ({ ...row, at: parse(row.departs, zone) }));\n```";

/** The two days of the drawn room: talk, code, quotes, reactions, notices, a tombstone, what waits and what failed. */
export function drawnRows(me: string, now: number): Row[] {
  const maker = new RowMaker(me, now - 26 * 60 * minute);
  yesterday(maker, me);
  maker.at = now - 70 * minute;
  today(maker, me);
  return maker.rows;
}

function yesterday(maker: RowMaker, me: string): void {
  maker.moves('Noor', 'join', { server: 'kanto.example' }).wait(4);
  maker.says(
    'Lena',
    'Kurze Frage an alle: Der Fahrplan-Import bricht seit dem Update bei Zeile 4112 ab. Sieht das noch jemand?',
  );
  const asked = maker.last;
  maker
    .wait(1)
    .says('Lena', 'Die Spalte `abfahrt` ist jetzt manchmal leer. Vorher stand dort *immer* eine Zeit.')
    .wait(6);
  const mine = { user: me, name: 'Ilvi', clientId: 'mine1' };
  maker.says('Jun', code, {
    server: 'kanto.example',
    body: { text: code, replyTo: { user: asked.user, clientId: asked.clientId } },
    reactions: [
      { emoji: '👍', people: [...people('Lena', 'Mira', 'Kofi'), mine], mine: 'mine1' },
      { emoji: '🛟', people: people('Hana', 'Noor'), mine: undefined },
    ],
    pinned: true,
  });
  maker.wait(11).says('Kofi', 'Fog since four. If it stays, the radio link to the lighthouse goes first.');
  maker.wait(11).says('Noor', '', {
    body: null,
    server: 'kanto.example',
    redacted: { name: 'Ilse', reason: 'had a password in it' },
  });
  maker.wait(13).says('Samir', 'رائع، جرّبته الآن على خادم الاختبار وظهرت كل الرحلات. شكرًا يا Jun!', {
    server: 'souq.example',
    edited: { seq: 90, at: maker.at },
    reactions: [{ emoji: '🎉', people: people('Jun', 'Lena', 'Kofi'), mine: undefined }],
  });
  maker.wait(2).says('Ilvi', 'waves from the quay', { body: { text: 'waves from the quay', action: true } });
  maker.wait(1).says('Tide', 'High water 16:35', { imported: true, display: 'tide' });
  maker.notes('Ilse', 'pin', {}, { target: { user: asked.user, clientId: asked.clientId, seq: 2 } });
  maker.notes('Ilse', 'settings', { topic: true }, { body: { topic: 'Relays, ferries and the odd fire' } });
  maker.notes(
    'Ilse',
    'mute',
    { subject: idOf('noor'), durationMs: 600_000 },
    { subjectName: 'Noor', body: { reason: 'shouting' } },
  );
  maker.notes(
    'Ilse',
    'member',
    { change: 'ban', subject: idOf('bargain') },
    { subjectName: 'bargain9', body: { reason: 'same link in nine rooms' } },
  );
  for (const name of ['Ada', 'Bo', 'Cleo', 'Dag', 'Eva']) maker.moves(name, 'join');
  maker.moves('Bo', 'leave').unknown('Jun');
}

function today(maker: RowMaker, me: string): void {
  maker.says(
    'Hana',
    'おはようございます。東桟橋の中継器は7時40分に復旧しました。夜間の遅延は最大14秒、取りこぼしはありません。',
    { server: 'kanto.example' },
  );
  maker
    .wait(3)
    .says('Mira', '@ilvi could you post the tide table before the 10:30 ferry? The east quay is dry at low water.', {
      mentionsMe: true,
      body: {
        text: '@ilvi could you post the tide table before the 10:30 ferry? The east quay is dry at low water.',
        mentions: [me],
      },
    });
  maker.wait(9).says('Ilvi', 'Here it is, from the harbour office: https://tides.example.net/november');
  maker
    .wait(1)
    .says('Ilvi', 'Sorry for the wait, the office printer won the first round.', { seq: undefined, state: 'waiting' });
  maker.wait(1).says('Ilvi', 'Ferry 3 leaves from the **west** quay today.', {
    seq: undefined,
    state: 'failed',
    code: 'too-fast',
    retryAt: maker.at + 2 * minute,
  });
}

/** Where the "New" line stands in {@link drawnRows}. */
export const drawnNewAfter = (rows: readonly Row[]): number =>
  (rows.find((row) => row.type === 'message' && row.display === 'Hana')?.seq ?? 1) - 1;
