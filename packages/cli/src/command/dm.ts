/** Writes to one person: finds the conversation with them, or begins one. */
import { Ambiguous } from '@parley/client/command';
import { limits, Refusal } from '@parley/protocol';
import { cleanLine } from '@parley/terminal';
import { exits, Failure, usage } from '../exit.ts';
import { withServer } from '../session/connect.ts';
import { viewLabel } from '../session/room.ts';
import { splitText } from '../session/split.ts';
import { command } from './command.ts';
import { ownClientId, sendAll, textOf } from './send.ts';

export const dm = command({
  name: 'dm',
  group: 'Messages',
  about: 'Writes to one person; without TEXT it only begins the conversation, or accepts theirs.',
  details:
    "They are asked first whether you may write to them, and read it when they accept: parley join '@you'. The commands that\ntake a room take the conversation as '@bob'.",
  examples: [
    "parley dm @bob 'are you there'",
    'uptime | parley dm @bob:chat.example.org -',
    "parley tail '@bob' --json",
  ],
  arguments: [
    { name: 'PERSON', about: 'As @bob; of another server as @bob:chat.example.org.' },
    {
      name: 'TEXT',
      about: 'What to say; several words are joined. - takes it from stdin.',
      optional: true,
      rest: true,
    },
  ],
  options: {
    wait: { about: 'Waits until the message stands in the log, also where another server keeps it.' },
    'client-id': { value: 'ID', about: 'Name of this message, for repeats.' },
  },
  async run(context, { arguments: [typed = '', ...words], options }) {
    const id = ownClientId(options['client-id']);
    const text = words.length === 0 ? undefined : await textOf(context, words);
    const awaited = options.wait ? { awaited: 'nobody decided on what your server has queued' } : {};
    await withServer(context, { as: 'account', deadline: 'command', ...awaited }, async (connected) => {
      const { client } = connected;
      const room = await client.direct(typed).catch((error: unknown) => Promise.reject(explained(typed, error)));
      if (text !== undefined)
        return sendAll(connected, room, splitText(text, limits.messageText), {
          more: {},
          id,
          untilDecided: options.wait,
        });
      const { view } = room.summary.get();
      const label = viewLabel(view, client.servers);
      const membership = view.direct?.membership ?? 'none';
      if (context.json) await context.printJson({ room: label, id: room.id, membership });
      else context.say(`${membership === 'member' ? 'in conversation with' : 'asked'} ${cleanLine(label)}`);
    });
  },
});

function explained(typed: string, error: unknown): unknown {
  if (error instanceof Ambiguous) return usage(error.message);
  if (!(error instanceof Refusal)) return error;
  const { code } = error;
  const told = (message: string) => new Failure(exits.forbidden, code, message, { cause: error });
  if (code === 'not-found') return told(`nobody called “${typed}” can be found from here`);
  if (code === 'unknown-target') return told(`“${typed}” is nobody whom you can write to`);
  return error;
}
