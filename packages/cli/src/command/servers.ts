/** Other servers of the network, as the running server knows them. */
import { limits, type ServerView } from '@parley/protocol';
import { dateTime } from '@parley/terminal';
import { withServer } from '../session/connect.ts';
import { command } from './command.ts';
import { claimOf } from './peer.ts';

export const servers = command({
  name: 'servers',
  group: 'Server',
  about: 'Lists the servers of the network that this one knows.',
  details:
    'A name is proven when DNS gives it to that server; else it is what the server claims. It came to be known by hand, a\ndirectory, a link with it, the gossip of others, or dns. With --directories it lists the directories in use.',
  examples: ['parley servers', 'parley servers --json', 'parley servers --directories'],
  arguments: [],
  options: { directories: { about: 'Lists the directories, and whether each is connected.' } },
  async run(context, { options }) {
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
      if (options.directories) {
        const { directories } = await client.request('server.directories', {}, { signal });
        for (const { url, connected } of directories) {
          if (context.json) await context.printJson({ directory: url, connected });
          else await context.print(`${connected ? 'connected' : 'away     '}  ${url}`);
        }
        return;
      }
      let after: string | undefined;
      for (let more = true; more; ) {
        const asked = { limit: limits.serversPage, ...(after !== undefined && { after }) };
        const page = await client.request('server.list', asked, { signal });
        for (const server of page.servers) {
          if (context.json) await context.printJson(jsonOf(server));
          else await context.print(lineOf(server));
        }
        after = page.servers.at(-1)?.id;
        more = page.more && after !== undefined;
      }
    });
  },
});

function lineOf({ id, name, nameState, state, via, addresses, relays, seenAt }: ServerView): string {
  const who = name === undefined ? '' : `${claimOf(name, nameState)}  `;
  const where = [...addresses, ...(relays.length > 0 ? [`by ${relays.length} relays`] : [])].join(' ');
  return `${state.padEnd(10)}  ${id}  ${who}${where === '' ? '' : `${where}  `}by ${via}, seen ${dateTime(seenAt)}`;
}

function jsonOf({ id, name, nameState, state, via, addresses, relays, features, seenAt, expiresAt }: ServerView) {
  return {
    server: id,
    name: name ?? null,
    verified: nameState === 'verified',
    nameState: nameState ?? null,
    state,
    via,
    addresses,
    relays,
    features,
    seenAt: new Date(seenAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}
