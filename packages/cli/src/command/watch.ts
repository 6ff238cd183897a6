/** Watches rooms until something is said: for scripts that wait for each other. */
import { formatEntry } from '@parley/terminal';
import { entryJson, meetServers, namingOf, peopleOf } from '../entry-json.ts';
import { condition } from '../session/condition.ts';
import { withServer } from '../session/connect.ts';
import { followRooms } from '../session/follow.ts';
import { ownRoom, viewLabel } from '../session/room.ts';
import { wantsColour } from '../shell.ts';
import { command } from './command.ts';

export const watch = command({
  name: 'watch',
  group: 'Messages',
  about: 'Prints what is said from now on, in the rooms named or in all of yours, until a condition holds.',
  details:
    'Conditions are FIELD=VALUE, FIELD!=VALUE, FIELD~=PATTERN or FIELD!~PATTERN on the fields of tail --json; of several\nall must hold. With --timeout it ends after that time at the latest, with exit code 5.',
  examples: ["parley watch --json --until 'text~=DONE' --timeout 60s", "parley watch '#ops' --only kind=message"],
  arguments: [{ name: 'ROOM', about: 'Rooms to watch; all of yours when none is named.', optional: true, rest: true }],
  options: {
    until: { value: 'CONDITION', about: 'Ends with the first entry that fulfils it.', multiple: true },
    only: { value: 'CONDITION', about: 'Prints only entries that fulfil it.', multiple: true },
  },
  async run(context, { arguments: names, options }) {
    const until = options.until.map(condition);
    const only = options.only.map(condition);
    const deadline = context.hasTimeout ? 'command' : 'connection';
    const awaited = until.length > 0 ? 'what is waited for did not come' : 'nothing ended the watch';
    await withServer(context, { as: 'account', deadline, awaited }, async (connected) => {
      const { client } = connected;
      const naming = namingOf(connected);
      const ids: string[] = [];
      for (const name of names) ids.push((await ownRoom(connected, name)).id);
      const colour = wantsColour(context.shell);
      const entries = followRooms(connected, names.length > 0 ? ids : undefined);
      context.say(`watching ${names.length > 0 ? names.join(', ') : 'all your rooms'}`);
      for await (const entry of entries) {
        await meetServers(connected, peopleOf(entry));
        const room = viewLabel(client.room(entry.room)?.summary.get().view ?? { id: entry.room }, client.servers);
        const object = entryJson(entry, room, naming);
        if (only.every((holds) => holds(object))) {
          if (context.json) await context.printJson(object);
          else await context.print(`${room} ${formatEntry(entry, { colour, time: 'full', labelOf: naming.labelOf })}`);
        }
        if (until.length > 0 && until.every((holds) => holds(object))) return;
      }
      connected.signal.throwIfAborted();
    });
  },
});
