/** Sample rows of a room: messages in bursts, notices, edits, reactions, redactions. */
import type { MessageRow, NoticeRow, ReactionGroup, Row } from '@parley/client';
import type { Entry } from '@parley/protocol';
import { me, people, type SamplePerson, type SampleRoom, seeded, texts } from './data.ts';

const emoji = ['👍', '🎉', '🌊', '👀', '🛟'];

export function messageRow(of: {
  author: SamplePerson;
  seq: number | undefined;
  at: number;
  text: string;
  clientId: string;
  state?: MessageRow['state'];
}): MessageRow {
  const { author, seq, at, text, clientId, state = 'sent' } = of;
  return {
    type: 'message',
    key: clientId,
    user: author.id,
    name: author.name,
    display: author.display,
    server: author.server,
    clientId,
    seq,
    at,
    body: { text },
    mine: author.id === me.id,
    mentionsMe: false,
    state,
    code: undefined,
    retryAt: undefined,
    edited: undefined,
    redacted: undefined,
    reactions: [],
    pinned: false,
    imported: false,
  };
}

function noticeRow(room: SampleRoom, seq: number, at: number, who: SamplePerson): NoticeRow {
  const entry = {
    room: room.view.id,
    term: 1,
    seq,
    at,
    kind: 'member',
    user: who.id,
    name: who.name,
    ...(who.display === undefined ? {} : { display: who.display }),
    clientId: `n${seq}`,
    data: { change: 'join', subject: who.id },
    subjectName: who.name,
    body: null,
  } as Entry;
  return { type: 'notice', key: `${room.view.id}:${seq}`, seq, at, entry };
}

function reactionsOf(random: () => number, seq: number): ReactionGroup[] {
  const count = 1 + Math.floor(random() * 3);
  return emoji.slice(0, count).map((symbol, at) => {
    const who = people.slice(at, at + 1 + Math.floor(random() * 4));
    const mine = who.find((person) => person.id === me.id);
    return {
      emoji: symbol,
      people: who.map(({ id, name, display }) => ({
        user: id,
        name: display ?? name,
        clientId: `r${seq}.${at}.${name}`,
      })),
      mine: mine && `r${seq}.${at}.${mine.name}`,
    };
  });
}

/** All rows of a room, oldest first; the last ones are some minutes old. */
export function sampleRows(room: SampleRoom, now: number): Row[] {
  const random = seeded(room.view.id.charCodeAt(0) * 131 + room.messages);
  const rows: Row[] = [];
  const step = (room.days * 86_400_000) / Math.max(1, room.messages);
  const { direct } = room.view;
  const authors = direct ? people.filter(({ id }) => id === me.id || id === direct.person.id) : people;
  let author = authors[1]!;
  for (let seq = 1; seq <= room.messages; seq++) {
    const at = Math.round(now - 240_000 - (room.messages - seq) * step + random() * step * 0.8);
    if (random() < 0.5) author = authors[Math.floor(random() * authors.length)]!;
    if (random() < (direct ? 0 : 0.03)) {
      rows.push(noticeRow(room, seq, at, author));
      continue;
    }
    const text = texts[Math.floor(random() * texts.length)]!;
    const row = messageRow({ author, seq, at, text, clientId: `m${seq}` });
    if (random() < 0.08 && !direct) row.reactions = reactionsOf(random, seq);
    if (random() < 0.04) row.edited = { seq: seq + 1, at: at + 60_000 };
    if (random() < 0.02) {
      row.body = null;
      row.redacted = { name: 'Ilse', reason: 'had a password in it' };
    }
    if (random() < 0.05) row.body = row.body && { ...row.body, action: true, text: 'waves from the quay' };
    if (random() < 0.06 && seq > 4) {
      const target = rows.findLast((other) => other.type === 'message');
      if (row.body && target) row.body = { ...row.body, replyTo: { user: target.user, clientId: target.clientId } };
    }
    if (seq === room.messages - 3 && room.mentions > 0) {
      row.mentionsMe = true;
      row.body = { text: '@ilvi could you post the tide table before the 10:30 ferry?', mentions: [me.id] };
    }
    if (seq === room.messages - 12) row.pinned = true;
    rows.push(row);
  }
  return rows;
}

/** Three rows that wait or failed, as an outbox leaves them. */
export function pendingRows(now: number): MessageRow[] {
  const of = (index: number, text: string, state: MessageRow['state']) => ownRow(now, `p${index}`, index, text, state);
  const failed = of(2, 'Ferry 3 leaves from the **west** quay today.', 'failed');
  failed.code = 'too-fast';
  failed.retryAt = now + 60_000;
  return [
    of(0, 'Sorry for the wait, the office printer won the first round.', 'waiting'),
    of(1, 'Kofi, can you hang a copy at the gangway?', 'sending'),
    failed,
  ];
}

/** Two rows that another server has not decided on. */
export const queuedRows = (now: number): MessageRow[] => [
  ownRow(now, 'q0', 0, 'Does the new board go up today?', 'queued'),
  ownRow(now, 'q1', 9, 'I can hold the ladder.', 'queued'),
];

function ownRow(now: number, clientId: string, index: number, text: string, state: MessageRow['state']): MessageRow {
  return messageRow({ author: me, seq: undefined, at: now - (60 - index) * 1_000, text, clientId, state });
}
