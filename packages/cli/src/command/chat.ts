/** Chats in a room or an ephemeral channel, line by line. */
import { createHash } from 'node:crypto';
import { memoryStore, roomAddress, type Store } from '@parley/client';
import { openFileStore, StoreInUse } from '@parley/client/node';
import { isChannel } from '@parley/protocol';
import { chat as runChat } from '@parley/terminal';
import type { Context } from '../context.ts';
import { Interrupted } from '../exit.ts';
import { type Profile, profileSubfolder } from '../profile/profile.ts';
import { channelName } from '../session/channel.ts';
import { withServer } from '../session/connect.ts';
import { orStop } from '../session/deadline.ts';
import { findRoom } from '../session/room.ts';
import { wantsColour } from '../shell.ts';
import { command } from './command.ts';
import { placeArgument } from './room.ts';

export const chat = command({
  name: 'chat',
  group: 'Messages',
  about: 'Chats in a room: shows what is said, sends what you type, with /commands and Tab.',
  details:
    'From a pipe each line is sent, and it ends when the pipe does. In a channel, as ~lobby, nothing is kept anywhere: who\nlistens on any linked server hears it now, and what was said before is gone.',
  examples: ["parley chat '#ops'", "parley chat '~lobby'"],
  arguments: [placeArgument],
  options: {},
  async run(context, { arguments: [typed = ''] }) {
    const { shell } = context;
    const channel = isChannel(typed) ? channelName(typed) : undefined;
    const store = (profile: Profile, url: string) => openStore(context, profile, url);
    const kept = channel === undefined ? { store } : {};
    await withServer(context, { as: 'account', deadline: 'connection', ...kept }, async (connected) => {
      const { client } = connected;
      const place =
        channel === undefined
          ? await client.join(roomAddress(await findRoom(connected, typed)))
          : await client.joinChannel(channel);
      const stop = new AbortController();
      const signal = AbortSignal.any([connected.signal, stop.signal]);
      const refusal = await orStop(
        runChat({
          client,
          place,
          input: shell.stdin,
          output: shell.stdout,
          colour: wantsColour(shell),
          signal,
          onStop: () => stop.abort(new Interrupted('SIGINT')),
        }),
        signal,
      );
      if (refusal) throw refusal;
    });
  },
});

/** Of this account on this server; a second chat at the same time keeps nothing. */
async function openStore(context: Context, profile: Profile, url: string): Promise<Store> {
  const known = profile.servers[url];
  if (!known?.account) return memoryStore();
  const name = createHash('sha256').update(`${known.id} ${known.account.user}`).digest('hex').slice(0, 16);
  const folder = await profileSubfolder(context.profileFolder, 'chat', name);
  try {
    return await openFileStore(folder);
  } catch (error) {
    if (!(error instanceof StoreInUse)) throw error;
    context.say('parley: another chat of this account runs here: this one keeps nothing for later');
    return memoryStore();
  }
}
