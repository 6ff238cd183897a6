/**
 * Machines of a network, as network namespaces: a switch, public machines on it, and machines behind a router that
 * translates addresses. Root makes them right away, others within a user namespace. Each lives as long as a process that
 * holds it, and that one no longer than this process: however a test ends, nothing stays.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { delimiter } from 'node:path';

const env = {
  ...process.env,
  PATH: [process.env.PATH ?? '', '/usr/sbin', '/sbin'].join(delimiter),
};

/** What `Net` does, once, in a namespace that is gone with it. */
const attempt = `
  ip link add name p type veth peer name q && ip link add name b type bridge && ip link set dev p master b &&
  echo 1 > /proc/sys/net/ipv4/ip_forward &&
  nft 'table bridge t { chain c { type filter hook forward priority 0; iifname "p" numgen random mod 100 < 30 drop; }; }' &&
  nft 'table ip t { chain c { type nat hook postrouting priority 100; oifname "p" masquerade; }; }'`;

/** `unshare` with what this process needs for it; undefined where namespaces are not allowed. */
const unshare = [['unshare'], ['unshare', '--user', '--map-root-user']].find(([program = '', ...options]) => {
  const { status } = spawnSync(program, [...options, '--net', 'sh', '-ec', attempt], { env, stdio: 'ignore' });
  return status === 0;
});

const missing = ['unshare', 'nsenter', 'setpriv', 'ip', 'nft'].filter(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`], { env, stdio: 'ignore' }).status !== 0,
);

/** For `test(name, { skip })`: false, or why there are no namespaces. */
export const noNamespaces: string | false =
  missing.length > 0
    ? `${missing.join(', ')} missing`
    : unshare === undefined && 'network namespaces are not allowed here';

interface Namespace {
  readonly holder: ChildProcess;
  /** What a command line begins with to run there. */
  readonly within: readonly string[];
}

async function namespace(first?: Namespace): Promise<Namespace> {
  const isUser = unshare?.includes('--user') === true;
  const into = isUser && first ? [...first.within, 'unshare'] : (unshare ?? []);
  const [program = '', ...words] = [...into, '--net', 'sh', '-c', 'echo made && exec cat'];
  const holder = spawn(program, words, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(holder, 'exit').then(() => Promise.reject(new Error('there is no new namespace')));
  ended.catch(() => {});
  await Promise.race([once(holder.stdout, 'data'), ended]);
  const user = isUser ? [`--user=/proc/${first?.holder.pid ?? holder.pid}/ns/user`, '--preserve-credentials'] : [];
  const enter = ['nsenter', ...user, `--net=/proc/${holder.pid}/ns/net`];
  // What runs there ends with this process too, however that ends.
  return { holder, within: [...enter, 'setpriv', '--pdeathsig', 'KILL'] };
}

async function run({ within }: Namespace, script: string): Promise<void> {
  const [program = '', ...words] = [...within, 'sh', '-ec', script];
  const child = spawn(program, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${said}`);
}

export interface Host {
  /** IPv4; of one behind a router, as it is known in its own network. */
  readonly address: string;
  /** What a command line begins with to run there. */
  readonly within: readonly string[];
  /** Loses this share of its packets, in percent, both ways. */
  lose(percent: number): Promise<void>;
  unplug(): Promise<void>;
  /** After which nothing is lost any more. */
  plug(): Promise<void>;
}

const up = 'ip link set dev lo up';

export class Net implements AsyncDisposable {
  readonly #hub: Namespace;
  readonly #all: Namespace[];
  #hosts = 0;

  private constructor(hub: Namespace) {
    this.#hub = hub;
    this.#all = [hub];
  }

  static async open(): Promise<Net> {
    const net = new Net(await namespace());
    await run(net.#hub, `${up}; ip link add name hub type bridge; ip link set dev hub up`);
    return net;
  }

  /** A machine with a public address. */
  async host(): Promise<Host> {
    return (await this.#public()).host;
  }

  /** A machine of a network of its own, behind a router that translates addresses: nobody can dial it. */
  async hostBehindNat(): Promise<Host> {
    const router = await this.#public();
    const home = await this.#namespace();
    const address = '192.168.77.2';
    await run(
      router.namespace,
      `ip link add name inner type veth peer name eth0 netns ${home.holder.pid}
       ip address add 192.168.77.1/24 dev inner; ip link set dev inner up
       echo 1 > /proc/sys/net/ipv4/ip_forward
       nft 'table ip nat { chain out { type nat hook postrouting priority 100; oifname "eth0" masquerade; }; }'`,
    );
    await run(
      home,
      `${up}; ip address add ${address}/24 dev eth0; ip link set dev eth0 up; ip route add default via 192.168.77.1`,
    );
    return { ...router.host, address, within: home.within };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#all.map(async ({ holder }) => {
        if (holder.exitCode !== null || holder.signalCode !== null) return;
        holder.stdin?.end();
        await once(holder, 'exit');
      }),
    );
  }

  async #namespace(): Promise<Namespace> {
    const made = await namespace(this.#hub);
    this.#all.push(made);
    return made;
  }

  async #public(): Promise<{ host: Host; namespace: Namespace }> {
    const made = await this.#namespace();
    const number = ++this.#hosts;
    const port = `port${number}`;
    // Reserved for documentation, and public as far as a server knows [RFC 5737].
    const address = `203.0.113.${number}`;
    await run(
      this.#hub,
      `ip link add name ${port} type veth peer name eth0 netns ${made.holder.pid}
       ip link set dev ${port} master hub up`,
    );
    await run(made, `${up}; ip address add ${address}/24 dev eth0; ip link set dev eth0 up`);
    const hub = (script: string): Promise<void> => run(this.#hub, script);
    const rule = (end: string, percent: number): string => `${end} "${port}" numgen random mod 100 < ${percent} drop;`;
    const heal = `nft 'add table bridge ${port}; delete table bridge ${port}'`;
    const host: Host = {
      address,
      within: made.within,
      lose: (percent) =>
        hub(`${heal}
             nft 'table bridge ${port} { chain loss { type filter hook forward priority 0;
               ${rule('iifname', percent)} ${rule('oifname', percent)} }; }'`),
      unplug: () => hub(`ip link set dev ${port} down`),
      plug: () => hub(`${heal}; ip link set dev ${port} up`),
    };
    return { host, namespace: made };
  }
}
