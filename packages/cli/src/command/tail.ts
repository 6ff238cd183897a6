/** Shows what was said in a room, and what is said from now on. */
import type { Room } from '@parley/client';
import { isChannel, type RawEntry, type RoomView } from '@parley/protocol';
import { dayLine, dayWatch, formatEntry } from '@parley/terminal';
import type { Context } from '../context.ts';
import { readMoment } from '../duration.ts';
import { entryJson, meetServers, namingOf, peopleOf } from '../entry-json.ts';
import { usage } from '../exit.ts';
import { channelLabel, channelName, follow as followChannel } from '../session/channel.ts';
import { type Connected, withServer } from '../session/connect.ts';
import { maxCount, type Query, readNewest, readSince } from '../session/history.ts';
import { findRoom, ownRoom, viewLabel, whenOut } from '../session/room.ts';
import { wantsColour } from '../shell.ts';
import { command } from './command.ts';
import { placeArgument } from './room.ts';

const defaultCount = 20;

export const tail = command({
  name: 'tail',
  group: 'Messages',
  about: 'Shows the newest messages of a room, and with --follow what comes after them.',
  details:
    'For people: rows of messages and of what happened, with times of this machine. With --json: every entry of the log,\none object a line, its text as it was written. A channel, as ~lobby, keeps nothing: --follow shows what is said from\nnow on.',
  examples: [
    "parley tail '#ops' --count 50",
    "parley tail '#ops' --json --since 1h",
    "parley tail '#ops' --follow",
    "parley tail '~lobby' --follow",
  ],
  arguments: [placeArgument],
  options: {
    count: { value: 'N', short: 'n', about: `How many; ${defaultCount} when neither this nor --since is given.` },
    since: { value: 'TIME', about: 'From then on: 1h, 2d, 2026-11-20, 2026-11-20T14:03Z.' },
    follow: { short: 'f', about: 'Goes on with what comes, until it is stopped.' },
  },
  async run(context, { arguments: [typed = ''], options }) {
    if (isChannel(typed)) return listen(context, typed, options);
    const count = options.count === undefined ? undefined : countOf(options.count);
    const since = options.since === undefined ? undefined : readMoment(options.since, context.shell.now());
    if (options.since !== undefined && since === undefined)
      throw usage(`“${options.since}” is no time: write 1h, 2d, 2026-11-20 or 2026-11-20T14:03Z`);
    await withServer(
      context,
      { as: 'account', deadline: options.follow ? 'connection' : 'command' },
      async (connected) => {
        const view = await findRoom(connected, typed);
        const room = options.follow ? await ownRoom(connected, typed) : undefined;
        const show = context.json ? 'everything' : 'rows';
        const print = printer(connected, view);
        const to = await printHistory(connected, { room: view.id, count, since, show }, print);
        if (room) await follow(connected, room, to, print);
      },
    );
  },
});

async function listen(
  context: Context,
  typed: string,
  { count, since, follow }: { count: string | undefined; since: string | undefined; follow: boolean },
): Promise<void> {
  const name = channelName(typed);
  if (!follow || count !== undefined || since !== undefined)
    throw usage(`${channelLabel(name)} keeps nothing: --follow shows what is said from now on`);
  await withServer(context, { as: 'account', deadline: 'connection' }, (connected) => followChannel(connected, name));
}

async function follow(connected: Connected, room: Room, since: number, print: Print): Promise<void> {
  const out = new AbortController();
  const stop = whenOut(connected, room, (failure) => out.abort(failure));
  const signal = AbortSignal.any([connected.signal, out.signal]);
  try {
    for await (const entry of room.entries({ since, signal })) await print(entry);
    signal.throwIfAborted();
  } finally {
    stop();
  }
}

function countOf(typed: string): number {
  const count = /^\d{1,7}$/.test(typed) ? Number(typed) : Number.NaN;
  if (count <= maxCount) return count;
  throw usage(`“${typed}” is no count: 0 to ${maxCount}`);
}

type Print = (entry: RawEntry) => Promise<void>;

/** Prints what is asked for; returns the place up to which everything was looked at. */
async function printHistory(connected: Connected, query: Query, print: Print): Promise<number> {
  if (query.since === undefined) {
    const { entries, to } = await readNewest(connected, { ...query, count: query.count ?? defaultCount });
    for (const entry of query.count === 0 ? [] : entries) await print(entry);
    return to;
  }
  let to = 0;
  let held: RawEntry[] = [];
  for await (const read of readSince(connected, query)) {
    to = read.to;
    if (query.count === undefined) for (const entry of read.entries) await print(entry);
    else held = query.count === 0 ? [] : [...held, ...read.entries].slice(-query.count);
  }
  for (const entry of held) await print(entry);
  return to;
}

function printer(connected: Connected, view: RoomView): Print {
  const { context, client } = connected;
  const naming = namingOf(connected);
  if (context.json) {
    const label = viewLabel(view, client.servers);
    return async (entry) => {
      await meetServers(connected, peopleOf(entry));
      await context.printJson(entryJson(entry, label, naming));
    };
  }
  const { shell } = context;
  const colour = wantsColour(shell);
  const isNewDay = dayWatch();
  const nameOf = (user: string) => client.person(user)?.name;
  return async (entry) => {
    await meetServers(connected, peopleOf(entry));
    // A file or pipe gets lines that each say all; a day line would be one that is no entry.
    if (shell.stdout.isTTY && isNewDay(entry.at)) await context.print(dayLine(entry.at, { colour }));
    await context.print(formatEntry(entry, { colour, time: 'full', nameOf, labelOf: naming.labelOf }));
  };
}
