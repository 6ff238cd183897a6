/** Messages to a key: to whoever is signed in with it now, read by nobody else, kept nowhere. */
import type { KeyMessage, OwnKey } from '@parley/client';
import { keyAddress, limits, Refusal, readKeyAddress } from '@parley/protocol';
import { cleanLine, cleanText, dateTime } from '@parley/terminal';
import type { Context } from '../context.ts';
import { exits, Failure, Interrupted, tell, usage } from '../exit.ts';
import { openOwnKey } from '../profile/own-key.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { splitText } from '../session/split.ts';
import { command } from './command.ts';
import { textOf } from './send.ts';

const keyOption = {
  key: {
    value: 'FILE',
    about: 'Your key, of parley keygen; else one that is made in your profile at its first use.',
    offers: 'file',
  },
} as const;

export const msg = command({
  name: 'msg',
  group: 'Messages',
  about: 'Sends a message to a key, and waits until it was opened there.',
  details:
    'Whoever listens at the key now, on this server or on one that is found by way of others, gets it; nobody else can\nread it, and nothing of it is kept. It is signed with your own key, so the answer finds you: parley inbox.\nWhen nobody is there the exit code is 4.',
  examples: [
    "parley msg key:mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpiytembtgqza 'hello'",
    'uptime | parley msg key:mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpiytembtgqza -',
  ],
  arguments: [
    { name: 'KEY', about: 'key: and the public key in base32, as parley inbox shows its own.' },
    { name: 'TEXT', about: 'What to say; several words are joined. - takes it from stdin.', rest: true },
  ],
  options: {
    ...keyOption,
    name: { value: 'TEXT', about: 'What to be called there, else the name of your account; nothing proves it.' },
  },
  async run(context, { arguments: [typed = '', ...words], options }) {
    const to = readKeyAddress(typed);
    if (!to) throw usage(`“${typed}” is no address: key: and 52 letters, as parley inbox shows its own`);
    const text = await textOf(context, words);
    const own = await openOwnKey(context, options.key);
    await withServer(context, { as: 'account', deadline: 'command' }, async (connected) => {
      const { name, display = name } = connected.client.me.get()!;
      await sendAll(connected, { own, to, name: options.name ?? display }, splitText(text, limits.keyText));
    });
  },
});

async function sendAll(
  { context, client }: Connected,
  { own, to, name }: { own: OwnKey; to: Uint8Array; name: string },
  pieces: readonly string[],
): Promise<void> {
  const called = name.slice(0, limits.displayName).toWellFormed();
  for (const [i, text] of pieces.entries()) {
    try {
      const { deliveredAt } = await client.sendToKey(own, to, { text, name: called });
      if (!context.json) continue;
      const [from, at] = [keyAddress(own.key), new Date(deliveredAt).toISOString()];
      await context.printJson({ to: keyAddress(to), from, deliveredAt: at });
    } catch (error) {
      throw i === 0 || error instanceof Interrupted ? explained(error) : partial(error, i, pieces.length);
    }
  }
  if (!context.json) context.say(`delivered, from ${keyAddress(own.key)}`);
}

function explained(error: unknown): unknown {
  if (error instanceof Error && error.name === 'E2eeError') return usage('this key is none that can be written to');
  if (!(error instanceof Refusal) || error.code !== 'nobody-there') return error;
  const message = 'nobody is signed in with this key now, on any server that can be found from here';
  return new Failure(exits.forbidden, error.code, message, { cause: error });
}

function partial(error: unknown, sent: number, all: number): Failure {
  const told = tell(error);
  if (!told) throw error;
  const words = `${sent} of ${all} messages were delivered, then: ${told.message}`;
  return new Failure(exits.partial, told.code, words, { cause: error });
}

export const inbox = command({
  name: 'inbox',
  group: 'Messages',
  about: 'Listens at your key, shows the first message that comes to it, and with --follow all.',
  details:
    'It says its address on stderr. Messages come while it runs, and are kept nowhere: who sends learns that nobody is there\notherwise. A name is what the sender wants to be called; only the key is proven.',
  examples: ['parley inbox --follow', 'parley inbox --json --timeout 5m'],
  arguments: [],
  options: { ...keyOption, follow: { short: 'f', about: 'Goes on until it is stopped.' } },
  async run(context, { options }) {
    const own = await openOwnKey(context, options.key);
    const isBounded = context.hasTimeout && !options.follow;
    const deadline = isBounded ? 'command' : 'connection';
    await withServer(context, { as: 'account', deadline, awaited: 'no message came' }, async ({ client, signal }) => {
      const messages = await client.listenAtKey(own, signal);
      context.say(`listening at ${keyAddress(own.key)}`);
      for await (const message of messages) {
        await print(context, own, message);
        if (!options.follow) return;
      }
      signal.throwIfAborted();
    });
  },
});

function print(context: Context, own: OwnKey, { from, at, name, text }: KeyMessage): Promise<void> {
  const sender = keyAddress(from);
  if (context.json) {
    const to = keyAddress(own.key);
    return context.printJson({ from: sender, name: name ?? null, to, at: new Date(at).toISOString(), text });
  }
  const stamp = dateTime(at);
  const called = name === undefined ? '' : ` (says: ${cleanLine(name)})`;
  const words = cleanText(text).replaceAll('\n', `\n${' '.repeat(stamp.length + 1)}`);
  return context.print(`${stamp} ${sender}${called}  ${words}`);
}
