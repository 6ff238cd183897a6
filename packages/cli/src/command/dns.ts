/** What to publish in DNS, so that others find a server by its name and know it to be the right one. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cleanLine } from '@parley/terminal';
import type { Context } from '../context.ts';
import { type Exit, exits, Failure, usage } from '../exit.ts';
import { serverIdOf } from '../session/server-id.ts';
import { command } from './command.ts';

type Server = typeof import('@parley/server');
type Publication = ReturnType<Server['publicationOf']>;
type Config = ReturnType<Server['loadConfig']>;

export const dnsRecords = command({
  name: 'dns-records',
  group: 'Server',
  about: 'Prints the DNS records that give this server its name, or checks them.',
  details:
    'It reads the configuration as parley serve does. The output is in the form of zone files. With --check it asks the\nresolver of the configuration, and exits with 0 when all is published and validated, 4 when nothing is published, 5\nwhen the resolver does not answer, and else 1.',
  examples: [
    'parley dns-records --name chat.example.org',
    'parley dns-records --config /etc/parley.toml --cert /etc/ssl/chat.pem',
    'parley dns-records --check',
  ],
  arguments: [],
  options: {
    name: { value: 'NAME', about: 'The name; else that of the configuration.' },
    data: {
      value: 'DIR',
      about: 'The data folder, which holds the identity; else the server that --server names.',
      offers: 'file',
    },
    config: { value: 'FILE', about: 'The configuration of the server, in TOML.', offers: 'file' },
    target: { value: 'HOST', about: 'The host that it runs on, when that has another name.' },
    port: { value: 'PORT', about: 'The port that others reach; else the one it listens on, or 443 behind a proxy.' },
    cert: { value: 'FILE', about: 'The certificate (PEM) of a proxy; else that of the configuration.', offers: 'file' },
    check: { about: 'Tells what is published and validated.' },
  },
  async run(context, { options }) {
    const { shell } = context;
    const server = await import('@parley/server');
    const { name, data, config: file, target, port, cert } = options;
    const readFile = (path: string) => readIfThere(resolve(shell.folder, path));
    const config = server.loadConfig({ flags: { name, data, config: file }, env: shell.env, readFile });
    const certificate = readCertificate(context, cert ?? config.listen.tlsCert);
    const id = await serverIdOf(context, data ?? (context.server === undefined ? config.data : undefined));
    const publication = server.publicationOf(config, id, { target, port: portOf(port), certificate });
    if (options.check) return check(context, server, publication, config);
    await print(context, server, publication, config);
    return exits.ok;
  },
});

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function readCertificate({ shell }: Context, path: string | undefined): Buffer | undefined {
  return path === undefined ? undefined : readFileSync(resolve(shell.folder, path));
}

function portOf(typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  const port = Number(typed);
  if (/^\d{1,5}$/.test(typed) && port > 0 && port < 65_536) return port;
  throw usage(`“${typed}” is no port`);
}

async function print(context: Context, server: Server, publication: Publication, { listen }: Config): Promise<void> {
  const records = server.zoneRecords(publication);
  const { name, isPortAssumed } = publication;
  if (context.json) {
    const listed = records.map(({ ttlS, ...record }) => ({ ...record, ttl: ttlS }));
    await context.printJson({ name, server: publication.server, records: listed });
    return;
  }
  for (const record of records) await context.print(server.zoneLine(record));
  if (isPortAssumed)
    context.say(`port 443: that of a proxy with TLS in front of ${listen.host}:${listen.port}; else give --port`);
  context.say(`put these into the zone of ${name}, sign the zone with DNSSEC, then: parley dns-records --check`);
}

async function check(context: Context, server: Server, publication: Publication, { dns }: Config): Promise<Exit> {
  const names = server.openNameLookup(dns, server.runtime, { ...server.silentLog, warn: (_, msg) => context.say(msg) });
  if (!names) throw new Failure(exits.usage, 'no-resolver', 'dns.resolver is none: there is nobody to ask');
  const close = () => names.close();
  context.shell.signal.addEventListener('abort', close, { once: true });
  try {
    const { outcome, findings } = await server.checkPublication(publication, names);
    context.shell.signal.throwIfAborted();
    const { name } = publication;
    if (context.json) await context.printJson({ name, server: publication.server, outcome, findings });
    for (const { about, isRight, says } of context.json ? [] : findings)
      await context.print(`${isRight ? 'right' : 'wrong'}  ${about.padEnd(6)}  ${cleanLine(says)}`);
    return judge(context, outcome, findings, dns.resolver);
  } finally {
    context.shell.signal.removeEventListener('abort', close);
    names.close();
  }
}

function judge(context: Context, outcome: string, findings: readonly { isRight: boolean }[], resolver: string): Exit {
  if (outcome === 'unavailable')
    throw new Failure(exits.network, 'no-resolver', `no answer of the resolver ${resolver} that says anything`);
  if (findings.every(({ isRight }) => isRight)) {
    context.say('all is published and validated');
    return exits.ok;
  }
  context.say('parley dns-records prints what to publish; resolvers keep what they know for up to an hour');
  return outcome === 'none' ? exits.forbidden : exits.failure;
}
