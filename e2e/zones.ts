/**
 * Real zones on loopback: Knot DNS serves and signs them, Unbound validates them. One is signed, one below it is not, one
 * was changed after signing, and of one the resolver trusts another key than it is signed with.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const zones = {
  signed: 'example.test',
  unsigned: 'plain.example.test',
  forged: 'forged.test',
  strange: 'strange.test',
};
type Zone = keyof typeof zones;

/** Lines of a zone file; names in them are relative to the zone. */
export type ZoneLines = Readonly<Record<Zone, readonly string[]>>;

export interface Change {
  readonly from: string;
  readonly to: string;
}

export interface Dns extends AsyncDisposable {
  /** Of the resolver, as the setting takes it. */
  readonly resolver: string;
  /** Serves the zones; resolves when the resolver answers. `change` is made to the forged one after it was signed. */
  start(lines: ZoneLines, change: Change): Promise<void>;
  stopResolver(): Promise<void>;
}

const pollMs = 20;

/** Where a program is; daemons are often in folders that a user's PATH lacks. */
function pathOf(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Those of the programs needed that are missing. */
export const missingPrograms = (): string[] =>
  ['knotd', 'keymgr', 'unbound'].filter((each) => pathOf(each) === undefined);

class Daemon {
  readonly #child: ChildProcess;
  /** Should this process end before the test does. */
  readonly #kill = (): boolean => this.#child.kill('SIGKILL');
  readonly #exited: Promise<unknown>;
  #said = '';

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(pathOf(program) ?? program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = once(this.#child, 'exit');
    process.once('exit', this.#kill);
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text;
      });
  }

  /** Waits until `isSo`; rejects with what the program said when it ends before. */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) {
      if (this.#child.exitCode !== null) throw new Error(`${this.#child.spawnfile} ended: ${this.#said}`);
      await sleep(pollMs);
    }
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
    process.off('exit', this.#kill);
  }
}

/** An address of this machine that nobody else has drawn, and a port that is free on it. */
async function ownAddress(): Promise<{ host: string; port: number }> {
  const [b = 0, c = 0, d = 0] = randomBytes(3);
  const host = process.platform === 'linux' ? `127.${b}.${c}.${Math.min(d, 253) + 1}` : '127.0.0.1';
  const socket = createSocket('udp4').bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return { host, port };
}

export async function openDns(): Promise<Dns> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-dns-'));
  const [authority, resolver] = [await ownAddress(), await ownAddress()];
  const running = new Set<Daemon>();
  const start = (program: string, ...args: string[]): Daemon => {
    const daemon = new Daemon(program, args);
    running.add(daemon);
    return daemon;
  };
  const stop = async (daemon: Daemon): Promise<void> => {
    running.delete(daemon);
    await daemon.stop();
  };
  const answers = (at: typeof authority) => async (): Promise<boolean> => {
    const asking = new Resolver({ timeout: 1_000, tries: 1 });
    asking.setServers([`${at.host}:${at.port}`]);
    const [first, second] = [zones.signed, zones.unsigned];
    return Promise.all([asking.resolveSoa(first), asking.resolveSoa(second)]).then(
      () => true,
      () => false,
    );
  };
  let unbound: Daemon | undefined;
  return {
    resolver: `${resolver.host}:${resolver.port}`,
    async start(lines, change) {
      await mkdir(join(folder, 'zones'));
      for (const [zone, own] of Object.entries(lines))
        await writeFile(zoneFile(folder, zone as Zone), zoneText(zone as Zone, own, authority.host));
      const config = join(folder, 'knot.conf');
      await writeFile(config, knotConfig(folder, authority, ['signed', 'forged', 'strange']));
      const signing = start('knotd', '-c', config);
      await signing.until(() => areSigned(folder, ['signed', 'forged', 'strange']));
      await stop(signing);
      const signed = await readFile(zoneFile(folder, 'forged'), 'utf8');
      if (!signed.includes(change.from)) throw new Error(`there is no ${change.from} to change`);
      await writeFile(zoneFile(folder, 'forged'), signed.replaceAll(change.from, change.to));
      await writeFile(config, knotConfig(folder, authority, ['signed', 'strange']));
      await start('knotd', '-c', config).until(answers(authority));
      const [anchor, forged] = [anchorOf(config, 'signed'), anchorOf(config, 'forged')];
      const anchors = [anchor, forged, anchor.replace(zones.signed, zones.strange)];
      await writeFile(join(folder, 'unbound.conf'), unboundConfig(folder, authority, resolver, anchors));
      unbound = start('unbound', '-d', '-c', join(folder, 'unbound.conf'));
      await unbound.until(answers(resolver));
    },
    async stopResolver() {
      if (unbound) await stop(unbound);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map(stop));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const zoneFile = (folder: string, zone: Zone): string => join(folder, 'zones', `${zones[zone]}.zone`);

function zoneText(zone: Zone, lines: readonly string[], host: string): string {
  const delegation = zone === 'signed' ? [`plain NS ns`] : [];
  const head = ['$TTL 300', '@ SOA ns root 1 3600 600 86400 60', '@ NS ns', `ns A ${host}`];
  return `${[...head, ...delegation, ...lines].join('\n')}\n`;
}

async function areSigned(folder: string, which: readonly Zone[]): Promise<boolean> {
  const texts = await Promise.all(which.map((zone) => readFile(zoneFile(folder, zone), 'utf8')));
  return texts.every((text) => text.includes('RRSIG'));
}

/** The digest of a zone's key, as a parent or a resolver takes it [RFC 4034 §5]. */
function anchorOf(config: string, zone: Zone): string {
  const text = execFileSync(pathOf('keymgr') ?? 'keymgr', ['-c', config, zones[zone], 'ds'], { encoding: 'utf8' });
  const sha256 = text.split('\n').find((line) => / DS \d+ 13 2 /.test(line));
  if (sha256 === undefined) throw new Error(`no digest of the key: ${text}`);
  return sha256.trim();
}

function knotConfig(folder: string, { host, port }: { host: string; port: number }, signing: readonly Zone[]): string {
  const each = (Object.keys(zones) as Zone[]).map(
    (zone) => `  - domain: ${zones[zone]}\n    dnssec-signing: ${signing.includes(zone) ? 'on' : 'off'}`,
  );
  return `server:
  rundir: "${folder}"
  listen: ${host}@${port}
log:
  - target: stderr
    any: warning
database:
  storage: "${folder}"
policy:
  - id: one-key
    algorithm: ecdsap256sha256
    single-type-signing: on
template:
  - id: default
    storage: "${join(folder, 'zones')}"
    file: "%s.zone"
    zonefile-sync: 0
    zonefile-load: whole
    dnssec-policy: one-key
zone:
${each.join('\n')}
`;
}

function unboundConfig(
  folder: string,
  authority: { host: string; port: number },
  { host, port }: { host: string; port: number },
  anchors: readonly string[],
): string {
  const stubs = Object.values(zones).map(
    (zone) => `stub-zone:\n  name: "${zone}"\n  stub-addr: ${authority.host}@${authority.port}`,
  );
  return `server:
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  interface: ${host}
  port: ${port}
  do-ip6: no
  do-not-query-localhost: no
  module-config: "validator iterator"
  trust-anchor-signaling: no
  local-zone: "test." nodefault
${anchors.map((anchor) => `  trust-anchor: "${anchor}"`).join('\n')}
remote-control:
  control-enable: no
${stubs.join('\n')}
`;
}
