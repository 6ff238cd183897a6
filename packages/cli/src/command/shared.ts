/** The commands that the apps have too, as subcommands: their names, arguments and deeds come from the one registry. */
import { roomLabel } from '@parley/client';
import { commandList, runWords, type Command as SharedCommand } from '@parley/client/command';
import type { Refusal } from '@parley/protocol';
import { cleanLine } from '@parley/terminal';
import { exits, Failure, usage } from '../exit.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { ownRoom } from '../session/room.ts';
import { type Argument, type Command, command, type Group } from './command.ts';
import { roomArgument } from './room.ts';

/** Those that the command line has in a form of its own, with options and lists. */
const own = ['help', 'join', 'create', 'leave', 'me', 'msg'];
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

/** Of what is not found, and of a person to whom nothing applies, the command line says what was looked for. */
function explained(
  refusal: Refusal,
  { name, arguments: needed, inRoom }: SharedCommand,
  given: readonly string[],
): Error {
  const { code } = refusal;
  const at = needed.findIndex(({ kind }) => kind === 'person' || kind === 'emoji');
  const typed = given[at + (inRoom ? 1 : 0)];
  if (at === -1 || typed === undefined) return refusal;
  const told = (message: string) => new Failure(exits.forbidden, code, message, { cause: refusal });
  const isPerson = needed[at]!.kind === 'person';
  if (code === 'not-found')
    return told(isPerson ? `nobody called “${typed}” can be meant here` : `there is no emoji “${typed}”`);
  if (code === 'unknown-target' && isPerson) return told(`${name} does not apply to “${typed}” here`);
  return refusal;
}

async function perform(connected: Connected, shared: SharedCommand, given: readonly string[]): Promise<void> {
  const { client, context } = connected;
  const room = shared.inRoom ? await ownRoom(connected, given[0] ?? '') : undefined;
  const result = await runWords(client, room, shared, shared.inRoom ? given.slice(1) : given);
  if (result.kind === 'refused') throw explained(result.refusal, shared, given);
  if (result.kind === 'usage') throw usage(`${result.text.replace(/: \/.*$/, '')}; see parley ${shared.name} --help`);
  const label = room && roomLabel(room.summary.get());
  const queued = result.kind === 'done' && result.queued === true;
  if (context.json)
    await context.printJson({
      done: shared.name,
      ...(label !== undefined && { room: label }),
      ...(queued && { queued }),
    });
  else {
    const where = label === undefined ? '' : ` in ${cleanLine(label)}`;
    context.say(`${shared.name}: ${queued ? `queued${where} until the room’s server has decided` : `done${where}`}`);
  }
}
