/** The commands that the apps have too, as subcommands: their names, arguments and deeds come from the one registry. */
import { commandList, runWords, type Command as SharedCommand } from '@parley/client/command';
import type { Refusal } from '@parley/protocol';
import { exits, Failure, usage } from '../exit.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { ownRoom, roomLabel } from '../session/room.ts';
import { type Argument, type Command, command, type Group } from './command.ts';
import { roomArgument } from './room.ts';

/** Those that the command line has in a form of its own, with options and lists. */
const own = ['help', 'join', 'create', 'leave', 'me'];
const groupOf: Readonly<Record<string, Group>> = {
  nick: 'Account',
  topic: 'Rooms',
  invite: 'Rooms',
  react: 'Messages',
};

export const shared: readonly Command[] = commandList
  .filter(({ name }) => !own.includes(name))
  .map((each) =>
    command({
      name: each.name,
      group: groupOf[each.name] ?? 'Moderation',
      about: each.about,
      ...(each.permission && { details: `You need the permission “${each.permission}” in the room.` }),
      arguments: [...(each.inRoom ? [roomArgument] : []), ...each.arguments.map(argumentOf)],
      options: {},
      run: (context, { arguments: given }) =>
        withServer(context, { as: 'account', deadline: 'command' }, (connected) => perform(connected, each, given)),
    }),
  );

function argumentOf({ name, about, optional, rest, kind }: SharedCommand['arguments'][number]): Argument {
  return {
    name: name.toUpperCase(),
    about,
    ...(optional && { optional }),
    ...(rest && { rest }),
    ...(kind === 'role' && { offers: ['owner', 'admin', 'moderator', 'member', 'guest'] }),
  };
}

/** Of what is not found the command line names what was looked for. */
function explained(refusal: Refusal, { arguments: needed, inRoom }: SharedCommand, given: readonly string[]): Error {
  if (refusal.code !== 'not-found') return refusal;
  const at = needed.findIndex(({ kind }) => kind === 'person' || kind === 'emoji');
  const typed = given[at + (inRoom ? 1 : 0)];
  if (at === -1 || typed === undefined) return refusal;
  const message =
    needed[at]!.kind === 'emoji' ? `there is no emoji “${typed}”` : `nobody called “${typed}” can be meant here`;
  return new Failure(exits.forbidden, 'not-found', message, { cause: refusal });
}

async function perform(connected: Connected, shared: SharedCommand, given: readonly string[]): Promise<void> {
  const { client, context } = connected;
  const room = shared.inRoom ? await ownRoom(connected, given[0] ?? '') : undefined;
  const result = await runWords(client, room, shared, shared.inRoom ? given.slice(1) : given);
  if (result.kind === 'refused') throw explained(result.refusal, shared, given);
  if (result.kind === 'usage') throw usage(`${result.text.replace(/: \/.*$/, '')}; see parley ${shared.name} --help`);
  if (!context.json) return;
  await context.printJson({ done: shared.name, ...(room && { room: roomLabel(room.summary.get().view) }) });
}
