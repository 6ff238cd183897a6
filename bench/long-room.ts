// A room with as many entries as one likes, filled through the import that operators have: messages of some hundred
// authors, one a minute, the same in every run; the newest of them with reactions and edits.
import type { Payload } from '@parley/protocol';
import type { RunningHomeserver } from './homeserver.ts';
import { Talk } from './talk.ts';

export const password = 'correct horse battery';
/** 2010-01-01 */
export const firstAt = 1_262_304_000_000;
export const lineMs = 60_000;
const linesAtOnce = 500;
const authors = 300;
const annotated = 200;

type Line = Payload<'archive.append'>['lines'][number];

const words = 'the ferry leaves at six and whoever is late takes the next one if there is any'.split(' ');

function line(number: number): Line {
  const length = 4 + ((number * 31) % 24);
  const text = Array.from({ length }, (_, i) => words[(number * 7 + i * (1 + (number % 5))) % words.length]).join(' ');
  const author = `author-${(number * number + number * 13) % authors}`;
  return { clientId: `line-${number}`, at: firstAt + number * lineMs, author, kind: 'message', text };
}

/** Appends so many messages to a room, by the hand of its owner. */
export async function importLines(talk: Talk, room: string, entries: number): Promise<void> {
  for (let number = 0; number < entries; number += linesAtOnce) {
    const count = Math.min(linesAtOnce, entries - number);
    const lines = Array.from({ length: count }, (_, i) => line(number + i));
    await talk.request('archive.append', { room, lines });
  }
}

/** Makes an owner and a room with `entries` entries. Resolves with the room and the owner's token. */
export async function fillRoom(
  { url, ownerSecret }: Pick<RunningHomeserver, 'url' | 'ownerSecret'>,
  entries: number,
): Promise<{ room: string; token: string }> {
  const talk = await Talk.open(url);
  const { token } = await talk.request('account.register', { name: 'owner', password, device: 'bench' });
  await talk.request('account.claim', { secret: ownerSecret });
  const { sync } = await talk.request('room.create', { alias: 'long', clientId: 'create' });
  const room = sync.room.id;
  await importLines(talk, room, entries);
  const { entries: newest } = await talk.request('history.page', { room, limit: 100, show: 'rows' });
  for (let i = 0; i < annotated; i++) {
    const { user, clientId } = newest[(i * 3) % newest.length]!;
    const on = { room, clientId: `note-${i}`, target: { user, clientId } };
    if (i % 4 === 0) await talk.request('message.pin', on).catch(() => undefined);
    else await talk.request('message.react', { ...on, emoji: ['👍', '🎉', '👀'][i % 3]! });
  }
  talk.close();
  return { room, token };
}
