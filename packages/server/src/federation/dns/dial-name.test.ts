import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { describe, test } from 'node:test';
import type { Link } from '@parley/link';
import type { PeerFault } from '@parley/protocol';
import { dialServer, openFederationDoor } from '../../doors/federation.ts';
import { openHttpDoor } from '../../doors/http.ts';
import { testCertificate } from '../../doors/testing-certificate.ts';
import { silentLog } from '../../log.ts';
import { runtime } from '../../runtime.ts';
import { NoSecureLink } from '../peer-fault.ts';
import { idOf } from '../testing-network.ts';
import { nameDialler } from './dial-name.ts';
import type { HostAddress, NameAddress, NameRecords } from './lookup.ts';
import { keyHash } from './outer-tls.ts';

const name = 'chat.example.org';
const [ada, bob] = [idOf(1), idOf(2)];
const rightKey = keyHash(new X509Certificate(testCertificate.cert));
const wrongKey = 'ab'.repeat(32);

/** A server's door, with TLS or without; whatever links to it is kept. */
async function door(tls?: typeof testCertificate) {
  const links: Link[] = [];
  const servers = openFederationDoor({ isTrustedProxy: () => false, maxLinks: 10 }, (link) => links.push(link));
  const http = await openHttpDoor({
    host: '127.0.0.1',
    port: 0,
    tls: tls && { cert: Buffer.from(tls.cert), key: Buffer.from(tls.key) },
    appFolder: '/nowhere/app',
    origins: [],
    maxConnections: 10,
    isReady: () => true,
    onUpgrade: () => {},
    upgrades: { '/federation': servers.onUpgrade },
    runtime,
    log: silentLog,
    drainMs: 30,
  });
  return {
    port: http.address.port,
    links,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([http.close(), servers.close()]);
    },
  };
}

const at = (port: number, tlsa: readonly string[] = [], host = name): NameAddress => ({
  host,
  port,
  tlsa,
  priority: 0,
  weight: 0,
});

const validated = (...addresses: NameAddress[]): NameRecords => ({
  outcome: 'validated',
  id: ada,
  addresses,
  ttlMs: 60_000,
});

/** What the world says of names; may change. */
interface World {
  records: NameRecords;
  hosts?: Record<string, HostAddress[]>;
}

const here: HostAddress[] = [{ address: '127.0.0.1', family: 4 }];

function dialler(world: World) {
  const dialName = nameDialler({
    names: {
      lookup: async () => world.records,
      hostAddresses: async (host) => world.hosts?.[host] ?? here,
    },
    dial: dialServer,
    runtime,
  });
  return (pinned?: string, signal = new AbortController().signal) => dialName(name, pinned, signal);
}

async function reaches(world: World, isSecure: boolean, pinned?: string): Promise<void> {
  const { link, server } = await dialler(world)(pinned);
  assert.equal(server, world.records.id);
  assert.equal(link.peer.secure, isSecure);
  link.close('done');
  await link.closed;
}

async function fails(world: World, fault: PeerFault, pinned?: string): Promise<void> {
  await assert.rejects(dialler(world)(pinned), (error) => error instanceof NoSecureLink && error.fault === fault);
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('a server is reached by its name', () => {
  test('over TLS, when its certificate is of the key that DNS names, whoever issued it and for whatever host', async () => {
    await using server = await door(testCertificate);
    await reaches({ records: validated(at(server.port, [wrongKey, rightKey])) }, true);
  });

  test('without TLS, where it speaks none and DNS names no key', async () => {
    await using server = await door();
    await reaches({ records: validated(at(server.port)) }, false);
  });

  test('at the next place, when nobody answers at the first, it has no address, or shows another certificate', async () => {
    await using server = await door(testCertificate);
    const records = validated(
      at(await freePort(), [rightKey]),
      at(server.port, [rightKey], 'nowhere.example.org'),
      at(server.port, [wrongKey]),
      at(server.port, [rightKey]),
    );
    await reaches({ records, hosts: { 'nowhere.example.org': [] } }, true);
    assert.equal(server.links.length, 1);
  });

  test('and where it was last, when no resolver answers any more', async () => {
    await using server = await door();
    const world: World = { records: validated(at(server.port)) };
    const dial = dialler(world);
    const first = await dial();
    world.records = { outcome: 'unavailable', addresses: [], ttlMs: 5_000 };
    const second = await dial(ada);
    assert.equal(second.server, ada);
    for (const { link } of [first, second]) link.close('done');
  });
});

describe('a server is not reached', () => {
  test('with another certificate than DNS names, and not a byte of ours is sent inside', async () => {
    await using server = await door(testCertificate);
    await fails({ records: validated(at(server.port, [wrongKey])) }, 'wrong-certificate');
    assert.deepEqual(server.links, []);
  });

  test('with a certificate that nobody vouches for', async () => {
    await using server = await door(testCertificate);
    await fails({ records: validated(at(server.port)) }, 'wrong-certificate');
    assert.deepEqual(server.links, []);
  });

  test('without TLS, where DNS names a key', async () => {
    await using server = await door();
    await fails({ records: validated(at(server.port, [rightKey])) }, 'wrong-certificate');
    assert.deepEqual(server.links, []);
  });

  test('when DNS says nothing, or nothing that is to be believed', async () => {
    const nothing = { addresses: [], ttlMs: 60_000 };
    await fails({ records: { outcome: 'none', ...nothing } }, 'no-name', ada);
    await fails({ records: validated() }, 'no-name');
    await fails({ records: { outcome: 'bogus', ...nothing } }, 'bogus-name', ada);
    await fails({ records: { outcome: 'unavailable', ...nothing } }, 'no-resolver');
    await fails({ records: validated(at(await freePort())) }, 'unreachable');
  });

  test('when unsigned records name another one than before; what DNS vouches for may change', async () => {
    await using server = await door();
    const records = validated(at(server.port));
    await reaches({ records: { ...records, outcome: 'unsigned' } }, false);
    await reaches({ records: { ...records, outcome: 'unsigned' } }, false, ada);
    await fails({ records: { ...records, outcome: 'unsigned' } }, 'wrong-server', bob);
    await reaches({ records }, false, bob);
  });

  test('when dialling is given up, and no connection is left behind', async () => {
    const [connected, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let connections = 0;
    const silent = createServer((socket) => {
      connections += 1;
      socket.on('error', () => {}).on('close', () => gone.resolve());
      connected.resolve();
    });
    const port = await listening(silent);
    const stop = new AbortController();
    const dialled = dialler({ records: validated(at(port), at(port)) })(undefined, stop.signal);
    await connected.promise;
    stop.abort(new Error('enough'));
    await assert.rejects(dialled, /enough/);
    await gone.promise;
    await new Promise((resolve) => silent.close(resolve));
    assert.equal(connections, 1);
  });
});
