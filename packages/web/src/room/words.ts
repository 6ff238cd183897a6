/** States and refusals in plain words: what happened, why, what one can do. Never a code. */
import type { MessageRow, Status } from '@parley/client';
import type { ErrorCode, RoomView } from '@parley/protocol';
import { durationInWords } from './list.ts';
import { may, mutedUntil } from './may.ts';

const reasons: { [K in ErrorCode]?: string } = {
  'too-fast': 'You are writing faster than this room allows.',
  'too-large': 'It is too long for one message.',
  'not-a-member': 'You are not in this room any more.',
  banned: 'You are banned from this room.',
  muted: 'You are muted in this room.',
  forbidden: 'Your role does not allow this here.',
  'unknown-target': 'The message that it is about was deleted.',
  'guests-refused': 'Guests may not do this here.',
  'content-lost': 'This room keeps nothing on disk, and the server restarted before it could go out.',
  'given-up': 'The server of this room did not answer, and those who run yours gave it up. It may be sent again.',
  blocked: 'Your server has no dealings with the server of this room.',
  'not-found': 'It is not there, or you may not see it.',
  'not-signed-in': 'You are signed out.',
  'session-ended': 'You were signed out.',
  'too-many': 'There are as many of these as there may be.',
  'name-taken': 'That name is taken.',
  'bad-request': 'The server did not understand it. A newer version of the app may help.',
  'unknown-request': 'The server does not know this yet. It may be older than the app.',
  'unsupported-room': 'The server is too old for this room.',
  'already-a-member': 'They are in the room already.',
  duplicate: 'This was done already.',
  unavailable: 'The server cannot do this now.',
  'going-away': 'The server is restarting.',
  internal: 'The server failed.',
};

/** Why something was refused. */
export const reasonOf = (code: ErrorCode | undefined): string => (code && reasons[code]) ?? 'The server refused it.';

/** Why a message was not sent. `time` writes a time of day. */
export function failureOf(
  row: Pick<MessageRow, 'code' | 'retryAt'>,
  view: RoomView,
  time: (at: number) => string,
): string {
  if (row.code === 'too-fast' && row.retryAt !== undefined) {
    const cause = view.slowModeMs > 0 ? 'Slow mode lets you post again' : 'You wrote very fast; you can post again';
    return `Not sent. ${cause} at ${time(row.retryAt)}.`;
  }
  if (row.code === 'muted') {
    const until = view.me.mutedUntil;
    return `Not sent. You are muted here${until ? ` until ${time(until)}` : ''}.`;
  }
  return `Not sent. ${reasonOf(row.code)}`;
}

/** Why a message waits although one is online; undefined when it only takes its time. */
export function waitOf(
  row: Pick<MessageRow, 'state' | 'code' | 'retryAt'>,
  view: RoomView,
  time: (at: number) => string,
) {
  if (row.state !== 'waiting' || row.code !== 'too-fast' || row.retryAt === undefined) return undefined;
  const cause = view.slowModeMs > 0 ? 'Slow mode holds it back' : 'You wrote very fast';
  return `${cause}. It goes out by itself at ${time(row.retryAt)}.`;
}

const stateWords: Record<Exclude<MessageRow['state'], 'queued'>, string> = {
  sent: 'Sent',
  waiting: 'Waiting to send',
  sending: 'Sending',
  failed: 'Not sent',
};

/** What the margin says of a message of one's own. @param server what the room's server is called, where it is another one */
export const stateOf = (state: MessageRow['state'], server: string | undefined): string =>
  state === 'queued' ? `Waiting for ${server ?? 'the room’s server'}` : stateWords[state];

/** Later than this one is told that the room's server takes its time, and then that it does not answer. */
export const serverPatienceMs = { hint: 5_000, silent: 30_000 };

export interface Standing {
  icon: 'mute' | 'archive' | 'guest' | 'locked' | 'gone';
  title: string;
  text: string;
  /** Whom one may ask to come back. */
  askAgain?: string;
}

/** Why one cannot write here now; undefined when one can. Stands where the composer stood. */
export function standingOf(
  view: RoomView,
  status: Status,
  now: number,
  when: (at: number) => string,
): Standing | undefined {
  const { membership } = view.me;
  if (membership === 'archive')
    return {
      icon: 'archive',
      title: 'This is an archive',
      text: 'A copy of a room to read and search. Nobody can write here.',
    };
  if (membership === 'invited')
    return { icon: 'guest', title: 'You are invited', text: 'Join the room to write here.' };
  if (membership === 'none' || membership === 'knocking')
    return {
      icon: 'gone',
      title: 'You are not in this room any more',
      text: 'What you see was read before. Nothing new arrives.',
    };
  if (status.state === 'closed')
    return {
      icon: 'gone',
      title: 'You are signed out',
      text: 'Sign in again to write. Your drafts are kept on this device.',
    };
  if (view.direct?.membership === 'none')
    return {
      icon: 'gone',
      title: `${view.title} is not here`,
      text: 'They declined or left, and would not read what you write.',
      askAgain: view.direct.person.id,
    };
  const muted = mutedUntil(view, now);
  if (muted === null)
    return { icon: 'mute', title: 'You are muted here', text: 'You can read, not write, until a moderator lifts it.' };
  if (muted !== undefined)
    return {
      icon: 'mute',
      title: `You are muted here until ${when(muted)}`,
      text: 'You can read, not write. It ends by itself.',
    };
  if (!may(view, 'post')) {
    if (membership === 'watching' || view.me.role === 'guest')
      return { icon: 'guest', title: 'Guests only read here', text: 'Make an account to write in this room.' };
    return {
      icon: 'locked',
      title: 'Your role only reads here',
      text: 'Those who run this room decide who may write.',
    };
  }
  return undefined;
}

export interface Hint {
  icon: 'wait' | 'slow' | 'guest' | 'none';
  text: string;
}

function silentWords({
  server,
  messages,
  reachable,
}: {
  server: string;
  messages: number;
  reachable: boolean;
}): string {
  const how = reachable ? 'does not answer' : 'cannot be reached';
  if (messages === 0) return `${server} ${how} now: what you write waits for it`;
  return `${server} ${how}: ${messages === 1 ? 'your message waits' : `${messages} messages wait`} in order`;
}

/** Of whom has not accepted yet. */
function askedWords(name: string, silent: { server: string; reachable: boolean } | undefined): string {
  if (silent && !silent.reachable) return `${silent.server} cannot be reached now: ${name} is asked when it can`;
  return `${name} is asked first, and reads this when they accept`;
}

/** The line under the composer. */
export function hintOf(of: {
  view: RoomView;
  status: Status;
  /** Length of what is written, of what is allowed. */
  length: number;
  limit: number;
  /** Slow mode lets one post again in this many ms. */
  slowLeftMs: number;
  slowMs: number;
  /** The room's server cannot be reached, or has not decided for long on what one has sent. */
  silent?: { server: string; messages: number; reachable: boolean } | undefined;
}): Hint | undefined {
  if (of.length > of.limit)
    return { icon: 'slow', text: `${(of.length - of.limit).toLocaleString()} characters too long` };
  if (of.status.state !== 'online') return { icon: 'wait', text: 'Will wait here until you are online' };
  if (of.view.direct?.membership === 'invited') return { icon: 'wait', text: askedWords(of.view.title, of.silent) };
  if (of.silent) return { icon: 'wait', text: silentWords(of.silent) };
  if (of.slowLeftMs > 0)
    return {
      icon: 'slow',
      text: `Slow mode: you can post again in ${durationInWords(Math.ceil(of.slowLeftMs / 1_000) * 1_000)}`,
    };
  if (of.limit - of.length < 500) return { icon: 'none', text: `${of.limit - of.length} characters left` };
  if (of.view.me.membership === 'watching')
    return { icon: 'guest', text: 'You are looking in. Your first message lets you join' };
  if (of.slowMs > 0) return { icon: 'slow', text: `Slow mode: one message every ${durationInWords(of.slowMs)}` };
  return undefined;
}
