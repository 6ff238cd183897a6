// Everything that can be configured. `listen.tcpPort` is `tcp-port` in table `[listen]` of the file and
// PARLEY_LISTEN_TCP_PORT in the environment.
import { isIP } from 'node:net';
import { check, serverId } from '@parley/protocol';
import { addressMatcher } from './address.ts';
import { resolverAddress } from './federation/dns/open.ts';
import { isDnsName } from './federation/dns/records.ts';
import { list, number, oneOf, optional, type Setting, setting, text, yesOrNo } from './setting.ts';

const path = text('a path', (value) => value !== '' && !value.includes('\0'));

/** Letters, digits and hyphens in labels of at most 63 [RFC 1123 §2.1]. */
const isHostName = (value: string): boolean =>
  value.length <= 253 && value.split('.').every((label) => /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i.test(label));

const host = text('an address or a host name', (value) => isIP(value) !== 0 || isHostName(value));

const serverName = text(
  'a host name in lower case, such as chat.example.org',
  (value) => isHostName(value) && value === value.toLowerCase() && isIP(value) === 0,
);

const isOrigin = (value: string): boolean => /^https?:\/\//.test(value) && URL.parse(value)?.origin === value;
const origin = text('an origin such as https://chat.example.org', isOrigin);
const peer = text(
  'an origin such as https://chat.example.org, or a name',
  (value) => isOrigin(value) || isDnsName(value),
);

const resolver = text(
  'an address and port such as 127.0.0.1:53 or [::1]:53, or none',
  (value) => value === 'none' || resolverAddress(value) !== undefined,
);

const serverKey = text('the id of a server, as parley identity shows it', (value) => check(serverId, value).ok);

const network = text('an address or a network such as 10.0.0.0/8', (value) => {
  try {
    addressMatcher([value]);
    return true;
  } catch {
    return false;
  }
});

const networkName = text('up to 64 lower-case letters, digits and hyphens', (value) => /^[a-z\d-]{1,64}$/.test(value));

export const shape = {
  name: optional(serverName, 'The name of this server, a label on its key: a DNS name that points here.'),
  data: setting(path, './data', 'The folder of the database and of the identity.'),
  network: setting(networkName, 'parley', 'Servers link only within one network.'),
  signUp: setting(
    oneOf('auto', 'open', 'invite'),
    'auto',
    'Who may make an account: anybody, or those with an invite. `auto` is open as long as only this machine can connect.',
  ),
  guests: setting(yesOrNo(), true, 'Whether people may come in without an account, as far as sign-up lets them.'),
  trustedProxies: setting(list(network, 64), [], 'Proxies whose X-Forwarded-For is believed.'),
  origins: setting(list(origin, 64), [], 'Pages of other hosts that may connect.'),
  peers: setting(list(peer, 64), [], 'Servers to link with, as https://chat.example.org, or by a name in DNS.'),
  directories: setting(
    list(origin, 16),
    [],
    'Directories by which servers find each other, as https://directory.example.',
  ),
  publicUrls: setting(
    list(origin, 8),
    [],
    'Where others dial this server, as https://chat.example.org. Without it, where it listens or what its name leads to.',
  ),
  federation: {
    allow: setting(list(serverKey, 1_000), [], 'The only servers to link with, by id; empty for all but the blocked.'),
    relay: setting(
      yesOrNo(),
      true,
      'Whether servers that cannot be dialled are reached through this one, if it can be.',
    ),
    relayFor: setting(list(serverKey, 1_000), [], 'The only servers that are, by id; empty for all that are linked.'),
  },
  listen: {
    host: setting(host, '127.0.0.1', 'The address to listen on; 0.0.0.0 or :: for all.'),
    doors: optional(
      oneOf('websocket', 'tcp', 'all'),
      'How clients come in: by the web app and WebSockets, by raw TCP alone, or both. `websocket` unless there is a tcp-port.',
    ),
    port: setting(
      number(0, 65_535),
      8080,
      'The port of the web app, of WebSockets and of other servers; 0 takes a free one.',
    ),
    tcpPort: optional(number(0, 65_535), 'The port of raw TCP clients; 0 takes a free one.'),
    metricsPort: optional(
      number(0, 65_535),
      'The port of the metrics, on 127.0.0.1 only; 0 takes a free one. Off unless set.',
    ),
    tlsCert: optional(path, 'The file of the certificate chain (PEM), for TLS without a proxy.'),
    tlsKey: optional(path, 'The file of its private key (PEM).'),
  },
  dns: {
    resolver: setting(resolver, '127.0.0.1:53', 'The validating resolver that is asked for names of servers, or none.'),
    trustRemote: setting(
      yesOrNo(),
      false,
      'Whether a resolver on another machine is believed; whoever is on the way to it can forge names.',
    ),
  },
  limits: {
    rateFactor: setting(number(0.01, 1_000_000, 'any'), 1, 'Multiplies all rate limits.'),
    connections: setting(number(1, 1_000_000), 50_000, 'Connections at a time, per port: 8 KiB each, 52 KiB with TLS.'),
    loadedRooms: setting(
      number(1, 1_000_000),
      1_000,
      'Rooms kept in memory: up to 100 bytes for each of their members.',
    ),
  },
  log: {
    level: setting(oneOf('debug', 'info', 'warn', 'error', 'silent'), 'info', 'What is written to stderr.'),
  },
};

type ValuesOf<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : ValuesOf<S[K]> };

export type Config = ValuesOf<typeof shape>;
