/** Ephemeral channels on the command line: said once, heard now, kept nowhere. */
import type { Channel, ChannelLine } from '@parley/client';
import { alias, check, normalizeChannel, Refusal } from '@parley/protocol';
import { cleanLine, formatChannelLine } from '@parley/terminal';
import { exits, Failure, Interrupted, tell, usage } from '../exit.ts';
import { wantsColour } from '../shell.ts';
import type { Connected } from './connect.ts';

/** What people call it. */
export const channelLabel = (name: string): string => `~${name}`;

/** The name without `~`. Throws a usage failure for what is none. */
export function channelName(typed: string): string {
  const name = normalizeChannel(typed);
  if (check(alias, name).ok) return name;
  throw usage(`“${typed}” is no name of a channel: letters, digits, . _ and -, as '~lobby'`);
}

/** Says texts one after another. A repeat could be heard twice, so nothing is tried again. */
export async function sayAll(
  { context, client, signal }: Connected,
  name: string,
  texts: readonly string[],
  { action }: { action: boolean },
): Promise<void> {
  let isHeard = false;
  for (const [i, text] of texts.entries()) {
    const payload = { name, clientId: client.newClientId(), text, ...(action ? { action } : {}) };
    try {
      const { at, seq, reach } = await client.request('channel.send', payload, { signal });
      isHeard ||= reach.here > 0 || reach.servers.length > 0;
      if (!context.json) continue;
      const listening = { here: reach.here, servers: reach.servers.map(({ id }) => id) };
      await context.printJson({ channel: channelLabel(name), seq, at: new Date(at).toISOString(), listening });
    } catch (error) {
      throw i === 0 || error instanceof Interrupted ? error : partial(error, i, texts.length);
    }
  }
  if (!isHeard) context.say(`parley: nobody listens to ${cleanLine(channelLabel(name))} now`);
}

function partial(error: unknown, said: number, all: number): Failure {
  const told = tell(error);
  if (!told) throw error;
  const words = `${said} of ${all} messages were said, then: ${told.message}`;
  return new Failure(exits.partial, told.code, words, { cause: error });
}

/** Prints what is heard, until it is stopped. */
export async function follow({ context, client, signal }: Connected, name: string): Promise<void> {
  const channel = await client.joinChannel(name);
  context.say(`listening to ${cleanLine(channelLabel(name))}`);
  const out = new AbortController();
  const stop = client.channels.subscribe(() => {
    if (!client.channel(name)) out.abort(new Refusal('too-many'));
  });
  const either = AbortSignal.any([signal, out.signal]);
  const format = { colour: wantsColour(context.shell), time: 'full' } as const;
  try {
    for await (const line of channel.heard(either)) {
      if (context.json) await context.printJson(lineJson(channel, line));
      else await context.print(formatChannelLine(line, format));
    }
    either.throwIfAborted();
  } finally {
    stop();
  }
}

/** A line for programs. Of a gap, `missed` is null when nobody knows how much. */
export function lineJson({ name }: Pick<Channel, 'name'>, line: ChannelLine): object {
  const head = { channel: channelLabel(name), at: new Date(line.at).toISOString(), kind: line.type };
  if (line.type === 'gap') {
    const { user = null, name: from = null, server = null } = line.from ?? {};
    return { ...head, user, name: from, server, missed: line.missed ?? null };
  }
  const { user, name: from, server = null, text, action } = line;
  return { ...head, user, name: from, server, text, ...(action ? { action } : {}) };
}
