/** The server's id, and its links to other servers, for operators. */
import { domainToASCII } from 'node:url';
import { check, type PeerRefusal, type PeerView, peerAddress, peerFaults, serverId } from '@parley/protocol';
import { cleanLine, dateTime } from '@parley/terminal';
import type { Context } from '../context.ts';
import { usage } from '../exit.ts';
import { withServer } from '../session/connect.ts';
import { serverSelf } from '../session/server-id.ts';
import { command } from './command.ts';

const urlArgument = {
  name: 'URL',
  about: 'Scheme, host and port, as https://chat.example.org; or a name in DNS, as chat.example.org.',
} as const;
const serverArgument = { name: 'SERVER', about: 'Its id, as parley peers shows it.' } as const;

type Traffic = NonNullable<PeerView['traffic']>;

export const identity = command({
  name: 'identity',
  group: 'Server',
  about: 'Shows the id of a server: its public key.',
  details:
    'With --server, or where the data folder holds no identity, it is that of the running server, which also tells how others\nreach it; else it is read from the data folder, running or not.',
  examples: ['parley identity', 'parley identity --data /var/lib/parley', 'parley identity --server http://HOST:PORT'],
  arguments: [],
  options: {
    data: { value: 'DIR', about: 'The data folder; else PARLEY_DATA, else ./data.', offers: 'file' },
  },
  async run(context, { options }) {
    const { id, addresses, relays } = await serverSelf(context, options.data);
    if (context.json) await context.printJson({ server: id, ...(relays && { addresses, relays }) });
    else await context.print(id);
    for (const url of addresses ?? []) context.say(`reached at ${url}`);
    for (const { server, url } of relays ?? []) context.say(`reached through the relay ${server} at ${url}`);
    if (addresses?.length === 0 && relays?.length === 0)
      context.say('reached by nobody: it has no address that others can dial, and no relay');
  },
});

export const peers = command({
  name: 'peers',
  group: 'Server',
  about: 'Lists the other servers that this one is linked with, dials or blocks, and those that it turned away.',
  details:
    'Names are what servers claim, proven where it says so; ids are always proven. Of a link it shows the time to the other server and back, what\npassed since it was made, and what waits to be sent.',
  arguments: [],
  options: {},
  async run(context) {
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
      const { peers, refused, relayed } = await client.request('peer.list', {}, { signal });
      for (const peer of peers) {
        if (context.json) await context.printJson(jsonOf(peer));
        else await context.print(lineOf(peer));
      }
      for (const refusal of refused) {
        if (context.json) await context.printJson(refusalJson(refusal));
        else await context.print(refusalLine(refusal));
      }
      if (relayed && relayed.servers > 0)
        context.say(`${relayed.servers} reached through this server, over ${relayed.circuits} circuits`);
    });
  },
});

export const connect = command({
  name: 'connect',
  group: 'Server',
  about: 'Links this server with another one, and keeps dialling it from now on.',
  details:
    'It tells how the first attempt went, and succeeds even where that failed: the server goes on trying. By a name, DNS\nsays where the server is and which id it must prove.',
  examples: ['parley connect https://chat.example.org', 'parley connect chat.example.org'],
  arguments: [urlArgument],
  options: {},
  async run(context, { arguments: [typed = ''] }) {
    const url = urlOf(typed);
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
      const peer = await client.request('peer.connect', { url }, { signal });
      if (context.json) await context.printJson(jsonOf(peer));
      else await context.print(lineOf(peer));
    });
  },
});

export const disconnect = command({
  name: 'disconnect',
  group: 'Server',
  about: 'Dials the server at an address no more.',
  details: 'A link that is open stays until it ends; parley block ends it.',
  arguments: [urlArgument],
  options: {},
  async run(context, { arguments: [typed = ''] }) {
    const url = urlOf(typed);
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
      await client.request('peer.disconnect', { url }, { signal });
      if (context.json) await context.printJson({ url, dialled: false });
      else context.say(`${url} is dialled no more`);
    });
  },
});

export const block = command({
  name: 'block',
  group: 'Server',
  about: 'Ends the link with another server and allows none, in neither direction.',
  arguments: [serverArgument],
  options: {},
  run: (context, { arguments: [server = ''] }) => setBlocked(context, server, true),
});

export const unblock = command({
  name: 'unblock',
  group: 'Server',
  about: 'Allows links with another server again.',
  arguments: [serverArgument],
  options: {},
  run: (context, { arguments: [server = ''] }) => setBlocked(context, server, false),
});

async function setBlocked(context: Context, server: string, blocked: boolean): Promise<void> {
  if (!check(serverId, server).ok)
    throw usage(`“${server}” is no id of a server: 52 letters, as parley peers shows it`);
  await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
    await client.request(blocked ? 'peer.block' : 'peer.unblock', { server }, { signal });
    if (context.json) await context.printJson({ server, blocked });
    else context.say(`${blocked ? 'blocked' : 'unblocked'} ${server}`);
  });
}

/** A trailing slash is forgiven; nothing is guessed. What is no URL is a name in DNS, of any script. */
function urlOf(typed: string): string {
  const name = typed.includes('/') ? '' : domainToASCII(typed);
  if (check(peerAddress, name).ok) return name;
  const url = URL.parse(typed);
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash && !url.username)
    return url.origin;
  throw usage(`“${typed}” is no address of a server: write https://HOST, http://HOST:PORT or a name in DNS`);
}

/** What a server calls itself, and what is known of that. */
export function claimOf(name: string, state: PeerView['nameState']): string {
  const words = { verified: ' (proven by DNS)', unverified: ' (unverified)', taken: ' (another server’s)' };
  return `“${cleanLine(name)}”${state ? words[state] : ''}`;
}

function lineOf(peer: PeerView): string {
  const { id, name, nameState, urls, state, direction, relay, since, lastError, retryAt, traffic, waiting } = peer;
  const said = [
    ...(direction === undefined ? [] : [direction === 'in' ? 'it dialled' : 'dialled from here']),
    ...(relay === undefined ? [] : [`through the relay ${relay}`]),
    ...(traffic === undefined ? [] : trafficWords(traffic)),
    ...(waiting === undefined
      ? []
      : [
          `${waiting.acts === 1 ? '1 act waits' : `${waiting.acts} acts wait`} for it since ${dateTime(waiting.oldestAt)}`,
        ]),
    ...(lastError === undefined ? [] : [peerFaults[lastError]]),
    ...(retryAt === undefined ? [] : [`again at ${dateTime(retryAt)}`]),
  ];
  const who = `${id ?? 'not known yet'}  ${name === undefined ? '' : `${claimOf(name, nameState)}  `}`;
  const where = urls.length === 0 ? '' : `${urls.join(' ')}  `;
  const how = said.length === 0 ? '' : ` (${said.join('; ')})`;
  return `${state.padEnd(10)}  ${who}${where}since ${dateTime(since)}${how}`;
}

function trafficWords({ queued, lagMs, bytesIn, bytesOut, roundTripMs }: Traffic): string[] {
  const frames = queued.reduce((sum, each) => sum + each.frames, 0);
  const bytes = queued.reduce((sum, each) => sum + each.bytes, 0);
  return [
    ...(roundTripMs === undefined ? [] : [`${roundTripMs} ms there and back`]),
    `${kilobytes(bytesIn)} in, ${kilobytes(bytesOut)} out`,
    ...(frames === 0
      ? []
      : [`${frames} frames, ${kilobytes(bytes)} wait, the oldest for ${Math.ceil(lagMs / 1_000)} s`]),
  ];
}

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1_000)} kB`;

function refusalLine({ server, address, fault, times, at }: PeerRefusal): string {
  const often = times === 1 ? '' : `, ${times} times`;
  return `${'refused'.padEnd(10)}  ${server ?? 'not known'}  from ${cleanLine(address)}  at ${dateTime(at)} (${peerFaults[fault]}${often})`;
}

function refusalJson({ server, address, fault, times, at }: PeerRefusal) {
  return {
    server: server ?? null,
    state: 'refused',
    address,
    lastError: fault,
    times,
    at: new Date(at).toISOString(),
  };
}

function jsonOf(peer: PeerView) {
  const { id, name, nameState, urls, state, direction, relay, since, lastError, retryAt, traffic, waiting } = peer;
  return {
    server: id ?? null,
    claimedName: name ?? null,
    nameState: nameState ?? null,
    urls,
    state,
    direction: direction ?? null,
    relay: relay ?? null,
    since: new Date(since).toISOString(),
    lastError: lastError ?? null,
    retryAt: retryAt === undefined ? null : new Date(retryAt).toISOString(),
    traffic: traffic ?? null,
    waiting: waiting ? { ...waiting, oldestAt: new Date(waiting.oldestAt).toISOString() } : null,
  };
}
