/** Sends messages from scripts: done means that the server has it. */
import { type Room, roomLabel } from '@parley/client';
import { type Content, check, clientId as clientIdField, isChannel, limits } from '@parley/protocol';
import { cleanLine } from '@parley/terminal';
import type { Context } from '../context.ts';
import { exits, Failure, Interrupted, tell, usage } from '../exit.ts';
import { channelName, sayAll } from '../session/channel.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { findMessage, ownRoom } from '../session/room.ts';
import { splitText } from '../session/split.ts';
import { readAll } from '../shell.ts';
import { command } from './command.ts';
import { placeArgument } from './room.ts';

/** Stdin beyond this is a file, not something to say. */
const maxStdinBytes = 4_194_304;
/** With `-2` for the second message of a long text and so on. */
const maxOwnClientId = limits.clientId - 4;

export const send = command({
  name: 'send',
  group: 'Messages',
  about: 'Sends a message and waits until your server has it.',
  details:
    'A longer text than a message may hold becomes several; when only some of them arrive the exit code is 7.\nIn a room that another server keeps, your server queues it and that one decides: it says so, or waits with --wait;\nwhat is refused then ends with the code of the reason.\nA repeat under the same --client-id is the same message: so a script can try again without saying it twice.\nIn a channel, as ~lobby, it is said once, to who listens now, and kept nowhere.',
  examples: [
    "parley send '#ops' 'deploy done'",
    "journalctl -n50 | parley send '#ops' -",
    "parley send '#ops:chat.example.org' 'deploy done' --wait --timeout 1m",
  ],
  arguments: [
    placeArgument,
    { name: 'TEXT', about: 'What to say; several words are joined. - takes it from stdin.', rest: true },
  ],
  options: {
    'reply-to': { value: 'MESSAGE', about: 'Number of the message that this answers.' },
    action: { about: 'Says it as an action, as /me does.' },
    wait: { about: 'Waits until the message stands in the room or is refused, also where another server keeps it.' },
    'client-id': { value: 'ID', about: 'Name of this message, for repeats.' },
  },
  async run(context, { arguments: [typed = '', ...words], options }) {
    const id = ownClientId(options['client-id']);
    const text = await textOf(context, words);
    if (isChannel(typed)) return sayInChannel(context, typed, text, options);
    const awaited = options.wait ? { awaited: 'nobody decided on what your server has queued' } : {};
    await withServer(context, { as: 'account', deadline: 'command', ...awaited }, async (connected) => {
      const room = await ownRoom(connected, typed);
      const target = options['reply-to'] && (await findMessage(connected, room.id, options['reply-to']));
      const more: Partial<Content> = {
        ...(options.action && { action: true }),
        ...(target && { replyTo: { user: target.user, clientId: target.clientId } }),
      };
      await sendAll(connected, room, splitText(text, limits.messageText), { more, id, untilDecided: options.wait });
    });
  },
});

/** Throws a usage failure for what cannot name a message. */
export function ownClientId(id: string | undefined): string | undefined {
  if (id !== undefined && (id.length > maxOwnClientId || !check(clientIdField, id).ok))
    throw usage(`--client-id has up to ${maxOwnClientId} letters, digits, . _ : and -`);
  return id;
}

async function sayInChannel(
  context: Context,
  typed: string,
  text: string,
  options: { action: boolean; wait: boolean; 'reply-to': string | undefined; 'client-id': string | undefined },
): Promise<void> {
  const name = channelName(typed);
  for (const option of ['reply-to', 'client-id', 'wait'] as const)
    if (options[option]) throw usage(`--${option} is for rooms: a channel keeps nothing`);
  const pieces = splitText(text, limits.channelText);
  await withServer(context, { as: 'account', deadline: 'command' }, (connected) =>
    sayAll(connected, name, pieces, options),
  );
}

/** What is to be said: the words, or stdin for a single `-`. */
export async function textOf(context: Context, words: readonly string[]): Promise<string> {
  const text = words.length === 1 && words[0] === '-' ? await fromStdin(context) : words.join(' ');
  if (text === '') throw usage('there is nothing to send');
  return text;
}

async function fromStdin({ shell }: Context): Promise<string> {
  const bytes = await readAll(shell, maxStdinBytes).catch((error: unknown) => {
    throw shell.signal.aborted ? shell.signal.reason : error;
  });
  if (!bytes) throw new Failure(exits.failure, 'too-large', `stdin holds more than ${maxStdinBytes / 1_048_576} MiB`);
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return text.replace(/\r?\n$/, '');
}

/** Says a text of any length, as one message or several. */
export async function sendAll(
  { context, client, signal }: Connected,
  room: Room,
  pieces: readonly string[],
  { more, id, untilDecided }: { more: Partial<Content>; id: string | undefined; untilDecided: boolean },
): Promise<void> {
  const base = id ?? client.newClientId();
  for (const [i, piece] of pieces.entries()) {
    const clientId = i === 0 ? base : `${base}-${i + 1}`;
    try {
      const sent = await room.send(Object.keys(more).length === 0 ? piece : { ...more, text: piece }, {
        clientId,
        signal,
        untilDecided,
      });
      const summary = room.summary.get();
      if (!context.json) {
        if (sent === 'queued') context.say(queuedWords(summary.server?.label));
        continue;
      }
      const place = sent === 'queued' ? { queued: true } : { seq: sent.seq, at: new Date(sent.at).toISOString() };
      await context.printJson({ room: roomLabel(summary), ...place, clientId });
    } catch (error) {
      throw i === 0 || error instanceof Interrupted ? error : partial(error, i, pieces.length, base);
    }
  }
}

const queuedWords = (server: string | undefined): string =>
  `queued: your server keeps it until ${cleanLine(server ?? 'the room’s server')} has decided`;

function partial(error: unknown, sent: number, all: number, clientId: string): Failure {
  const told = tell(error);
  if (!told) throw error;
  const words = `${sent} of ${all} messages were sent, then: ${told.message}; repeat it with --client-id ${clientId}`;
  return new Failure(exits.partial, told.code, words, { cause: error });
}
